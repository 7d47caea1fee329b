// policies · start. The policy host hands every .ts it requires to an old ts-node; what an ES module imports, Node runs
// by itself.
import "./index.ts";
