/** A valid UUIDv7 of a time; `salt` (0 to 2^60) distinguishes and orders ids of the same millisecond. */
export function jobIdAt(milliseconds: number, salt = 0n): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  const rest = salt.toString(16).padStart(15, '0');
  const [high, middle, low] = [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6).padStart(12, '0')];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-8${middle}-${low}`;
}
