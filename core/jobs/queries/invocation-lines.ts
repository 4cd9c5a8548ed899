import { isRequestId } from '../model/invocation.ts';

/**
 * The state of a reader in a log stream, in which the invocations of a function follow each other:
 *
 * - `before`: the invocation was not found yet
 * - `text`: inside the invocation, between its lines START and END
 * - `json`: inside the invocation, between its events `platform.start` and `platform.report`
 * - `marked`: only lines that contain the request ID belong to the invocation
 * - `over`: after its end; messages of Lambda about it may follow
 * - `done`: another invocation has started
 */
export type ScanState = 'before' | 'text' | 'json' | 'marked' | 'over' | 'done';

/** The meaning of a line: its role in an invocation, and whether that is the invocation that is read. */
type Mark = {
  readonly role: 'start' | 'end' | 'report' | 'line';
  readonly isJson: boolean;
  readonly isOwn: boolean;
};

const platformText = /^(START|END|REPORT) RequestId: ([0-9a-f-]{36})\b/;
const roles = { START: 'start', END: 'end', REPORT: 'report' } as const;

/**
 * Advances a reader by one line and returns whether the line is part of the output of the invocation. The stream may
 * belong to a function that several tenants use, so a line is only returned if it certainly belongs to the invocation. In text format,
 * an environment runs one invocation at a time. In JSON format, lines contain the request ID, and an environment may run several
 * invocations at a time. The lines of Lambda about the start and the end are not part of the output.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function scanLine(
  state: ScanState,
  message: string,
  requestId: string,
): { readonly state: ScanState; readonly isOutput: boolean } {
  const mark = markOf(message, requestId);
  switch (state) {
    case 'before':
      return scanBefore(mark);
    case 'text':
      return scanText(mark);
    case 'json':
    case 'marked':
      return scanJson(state, mark);
    case 'over':
      if (mark?.role === 'start') return { state: 'done', isOutput: false };
      return { state, isOutput: mark === undefined ? message.includes(requestId) : isOwnLine(mark) };
    case 'done':
      return { state, isOutput: false };
  }
}

/** The first line that names the invocation shows the format. */
function scanBefore(mark: Mark | undefined): ReturnType<typeof scanLine> {
  if (mark?.isOwn !== true) return { state: 'before', isOutput: false };
  if (mark.role === 'end' || mark.role === 'report') return { state: 'over', isOutput: false };
  if (mark.role === 'line') return { state: 'marked', isOutput: true };
  return { state: mark.isJson ? 'json' : 'text', isOutput: false };
}

function scanText(mark: Mark | undefined): ReturnType<typeof scanLine> {
  if (mark === undefined) return { state: 'text', isOutput: true };
  // A service may itself write JSON that looks like lines of Lambda; such lines of other requests are left out.
  if (mark.isJson) return { state: 'text', isOutput: isOwnLine(mark) };
  if (mark.role === 'start') return { state: mark.isOwn ? 'text' : 'done', isOutput: false };
  return { state: 'over', isOutput: false };
}

function scanJson(state: 'json' | 'marked', mark: Mark | undefined): ReturnType<typeof scanLine> {
  if (mark === undefined || !mark.isJson) return { state, isOutput: state === 'json' && mark === undefined };
  if (!mark.isOwn) return { state: 'marked', isOutput: false };
  if (mark.role === 'report') return { state: 'over', isOutput: false };
  return { state, isOutput: isOwnLine(mark) };
}

function isOwnLine({ role, isOwn }: Mark): boolean {
  return isOwn && role === 'line';
}

function markOf(message: string, requestId: string): Mark | undefined {
  const [, word, id] = platformText.exec(message) ?? [];
  if (word !== undefined)
    return { role: roles[word as keyof typeof roles], isJson: false, isOwn: id === requestId };
  return message.startsWith('{') ? jsonMarkOf(message, requestId) : undefined;
}

/** Undefined for a line that a function wrote without the request ID. */
function jsonMarkOf(message: string, requestId: string): Mark | undefined {
  const line = parseObject(message);
  const { type, record, timestamp, level } = line;
  if (typeof type === 'string' && type.startsWith('platform.')) {
    const id = parseMembers(record)['requestId'];
    return isRequestId(id) ? { role: platformRole(type), isJson: true, isOwn: id === requestId } : undefined;
  }
  const id = line['requestId'];
  if (!isRequestId(id) || typeof timestamp !== 'string' || typeof level !== 'string') return undefined;
  return { role: 'line', isJson: true, isOwn: id === requestId };
}

function platformRole(type: string): Mark['role'] {
  if (type === 'platform.start') return 'start';
  return type === 'platform.report' ? 'report' : 'end';
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseMembers(JSON.parse(text));
  } catch {
    return {};
  }
}

function parseMembers(value: unknown): Readonly<Record<string, unknown>> {
  // The members of an object may have any type.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
