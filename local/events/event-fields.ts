import { isRecord } from '../json.ts';

/** By the number of an array, the element of it that a field is in. */
export type Membership = ReadonlyMap<number, number>;

/** A scalar of an event. */
export interface EventField {
  readonly value: unknown;
  /** The arrays of objects or of arrays around it; an array of scalars is none. */
  readonly membership: Membership;
}

/**
 * Returns the scalars of an event by their path, in which `.` joins the names of members. Empty objects and arrays are no fields,
 * and neither is an event that is no object.
 */
export function eventFields(event: unknown): ReadonlyMap<string, readonly EventField[]> {
  const fields = new Map<string, EventField[]>();
  let arrays = 0;
  const add = (value: unknown, path: string | undefined, membership: Membership): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, element] of value.entries()) {
        const inside = typeof element === 'object' && element !== null;
        add(element, path, inside ? new Map([...membership, [array, index]]) : membership);
      }
    } else if (isRecord(value)) {
      for (const [name, member] of Object.entries(value)) add(member, joined(path, name), membership);
    } else if (path !== undefined) {
      const there = fields.get(path);
      if (there === undefined) fields.set(path, [{ value, membership }]);
      else there.push({ value, membership });
    }
  };
  if (isRecord(event)) add(event, undefined, new Map());
  return fields;
}

/** The path of a member; the path of the whole event is undefined. */
export function joined(path: string | undefined, name: string): string {
  return path === undefined ? name : `${path}.${name}`;
}

/** Returns both memberships as one, or undefined if they are different elements of an array. */
export function bothMemberships(one: Membership, other: Membership): Membership | undefined {
  for (const [array, index] of other) if ((one.get(array) ?? index) !== index) return undefined;
  return new Map([...one, ...other]);
}
