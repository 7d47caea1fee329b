/** store. Makes a record unchangeable, all the way down, so that it can be handed out as it is: what a reader does to
 *  it changes nothing here. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
