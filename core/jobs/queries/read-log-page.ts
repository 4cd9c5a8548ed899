import { countThatFit } from '../../paging/fit-on-page.ts';
import type { LogLine, LogPage, LogRange, LogRead } from '../../ports/attempt-logs.ts';

/** The part of a log to read. */
export interface LogPart extends Pick<LogRange, 'from' | 'limit'> {
  /** Whether to check if a page that is not full is the last one, which costs another call. */
  readonly checksEnd: boolean;
}

/** Each page costs a call, and all readers of an account share its calls per second. */
const maxPages = 5;

/** Reads a page of one log. */
export type ReadLog = (range: Pick<LogRange, 'from' | 'limit'>) => Promise<LogRead>;

/** The log driver of AWS Batch writes no longer lines; other drivers may, up to four times as long. */
const maxMessageLength = 262_144;

/**
 * A page that fits in a response, with sanitized messages. Empty pages before the end are skipped, a few in
 * one call. A page does not indicate that it is the last; only the empty page after it does.
 */
export async function readLogPage(read: ReadLog, part: LogPart): Promise<LogRead> {
  let page = await readFitting(read, part);
  for (let count = 1; count < maxPages && isEmptyBeforeEnd(page); count += 1)
    page = await readFitting(read, { ...part, from: page.next });
  if (!part.checksEnd || page.kind !== 'page' || page.isEnd) return page;
  return page.lines.length < part.limit ? { ...page, isEnd: await isLast(read, page) } : page;
}

function isEmptyBeforeEnd(page: LogRead): page is LogPage {
  return page.kind === 'page' && page.lines.length === 0 && !page.isEnd;
}

async function isLast(read: ReadLog, { next }: LogPage): Promise<boolean> {
  const following = await read({ from: next, limit: 1 });
  return following.kind !== 'page' || following.isEnd;
}

/** Only a whole page has an end position, so a page that is too large is read again with a smaller limit. */
async function readFitting(read: ReadLog, part: LogPart): Promise<LogRead> {
  const page = await read({ from: part.from, limit: part.limit });
  if (page.kind !== 'page') return page;
  const lines = page.lines.map(sanitizeLine);
  const fitting = countThatFit(lines);
  return fitting < lines.length ? readFitting(read, { ...part, limit: fitting }) : { ...page, lines };
}

/** A lone surrogate cannot be encoded in UTF-8: some readers would reject the response. */
function sanitizeLine({ at, message }: LogLine): LogLine {
  return { at, message: message.slice(0, maxMessageLength).toWellFormed() };
}
