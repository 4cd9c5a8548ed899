/** Copies an object without the given members. */
export function omit<T extends object, Key extends keyof T>(object: T, keys: readonly Key[]): Omit<T, Key> {
  const omitted = new Set<PropertyKey>(keys);
  const kept = Object.entries(object).filter(([key]) => !omitted.has(key));
  return Object.fromEntries(kept) as Omit<T, Key>; // `fromEntries` loses the names of the members
}
