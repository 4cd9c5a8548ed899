import { ProblemError } from '../contract/problems/problem-error.ts';
import { digest } from '../std/digest.ts';

/** The tenant and filters of a list, as JSON values; a cursor is valid only for the list that returned it. */
type ListIdentity = Readonly<Record<string, unknown>>;

const bindingLength = 16;

/** Creates an opaque cursor from a position in a list, bound to the tenant and filters of that list. */
export function encodeCursor(identity: ListIdentity, position: string): string {
  return Buffer.from(`${bindingOf(identity, position)}${position}`).toString('base64url');
}

/** Returns the position in a cursor; throws `bad-cursor` when the text is not a cursor of this list. */
export function decodeCursor(identity: ListIdentity, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(bindingLength);
  if (position !== '' && encodeCursor(identity, position) === cursor) return position;
  throw new ProblemError(
    'bad-cursor',
    'The cursor is invalid for this list: send it unchanged, with the same filters as the request that returned it',
  );
}

/** Includes the position, so that a damaged cursor is rejected and never leads to another position. */
function bindingOf(identity: ListIdentity, position: string): string {
  return digest(JSON.stringify([Object.entries(identity).sort(), position])).slice(0, bindingLength);
}
