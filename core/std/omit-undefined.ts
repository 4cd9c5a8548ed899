/** The keys of a type whose values may be undefined. */
type OptionalKeys<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/**
 * Turns members that may be undefined into optional members; in a record, it removes undefined from the value
 * type.
 */
export type WithoutUndefined<T> = string extends keyof T
  ? { [Key in keyof T]: Exclude<T[Key], undefined> }
  : { [Key in Exclude<keyof T, OptionalKeys<T>>]: T[Key] } & {
      [Key in OptionalKeys<T>]?: Exclude<T[Key], undefined>;
    };

/**
 * Copies an object without the members whose value is undefined, as `exactOptionalPropertyTypes` requires.
 */
export function omitUndefined<T extends object>(object: T): WithoutUndefined<T> {
  const defined = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as WithoutUndefined<T>;
}
