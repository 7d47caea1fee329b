/** tests · certificates, made on the spot with the openssl command: an authority of our own and what it signs. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Signed = { key: string; cert: string };
export type Authority = {
  ca: string;
  /** Signs a certificate for these names, valid between two dates written YYYYMMDD. */
  sign(names: string[], from: string, to: string): Signed;
};

/** An authority nobody knows but those who are told. */
export function authority(): Authority {
  const make = (run: (dir: string, openssl: (...args: string[]) => void) => Signed): Signed => {
    const dir = mkdtempSync(join(tmpdir(), "holdfast-ca-"));
    try {
      return run(dir, (...args) => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" }));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const root = make((dir, openssl) => {
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      "key",
      "-out",
      "cert",
      "-days",
      "3650",
      "-subj",
      "/CN=Test authority",
    );
    return { key: readFileSync(join(dir, "key"), "utf8"), cert: readFileSync(join(dir, "cert"), "utf8") };
  });
  return {
    ca: root.cert,
    sign: (names, from, to) =>
      make((dir, openssl) => {
        writeFileSync(join(dir, "ca.key"), root.key);
        writeFileSync(join(dir, "ca.cert"), root.cert);
        writeFileSync(join(dir, "index"), "");
        const alternatives = names
          .map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`))
          .join(",");
        writeFileSync(
          join(dir, "conf"),
          `[ca]\ndefault_ca=own\n[own]\ndatabase=index\nnew_certs_dir=.\ncertificate=ca.cert\nprivate_key=ca.key\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nx509_extensions=ext\n[any]\ncommonName=supplied\n[ext]\nsubjectAltName=${alternatives}\n`,
        );
        openssl("req", ...newKey, "-keyout", "key", "-out", "csr", "-subj", `/CN=${names[0]}`);
        const dates = ["-startdate", `${from}000000Z`, "-enddate", `${to}000000Z`];
        openssl("ca", "-batch", "-config", "conf", "-in", "csr", "-out", "cert", "-notext", ...dates);
        return { key: readFileSync(join(dir, "key"), "utf8"), cert: readFileSync(join(dir, "cert"), "utf8") };
      }),
  };
}
