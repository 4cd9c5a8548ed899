import { ProblemError } from '../contract/problems/problem-error.ts';
import { digest } from '../std/digest.ts';

/** What a list was asked for, in any JSON form; a cursor only continues the list that it came from. */
type ListIdentity = Readonly<Record<string, unknown>>;

const bindingLength = 16;

/** An opaque place in a list, bound to the tenant and the filters of that list. */
export function writeCursor(identity: ListIdentity, position: string): string {
  return Buffer.from(`${binding(identity, position)}${position}`).toString('base64url');
}

/** The position; throws `bad-cursor` when the text is no cursor of this list. */
export function readCursor(identity: ListIdentity, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(bindingLength);
  if (position !== '' && writeCursor(identity, position) === cursor) return position;
  throw new ProblemError('bad-cursor', 'Use the cursor with the same filters as the page that it came with');
}

/** Covers the position too: a damaged cursor is refused and leads nowhere else. */
function binding(identity: ListIdentity, position: string): string {
  return digest(JSON.stringify([Object.entries(identity).sort(), position])).slice(0, bindingLength);
}
