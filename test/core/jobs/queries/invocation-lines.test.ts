import { describe, expect, test } from 'vitest';
import { type ScanState, scanLine } from '../../../../core/jobs/queries/invocation-lines.ts';

const own = '8286a188-ba32-4475-8077-530cd35c09a9';
const other = '1c9d4dbe-1a26-4cf1-b3e8-dcf4b6ac1e21';

/** The messages that belong to the invocation, and the state of the reader after all of them. */
function scanned(messages: readonly string[]): {
  readonly output: readonly string[];
  readonly state: ScanState;
} {
  const output: string[] = [];
  let state: ScanState = 'before';
  for (const message of messages) {
    const result = scanLine(state, message, own);
    state = result.state;
    if (result.isOutput) output.push(message);
  }
  return { output, state };
}

/** Lines in text format (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html). */
const text = (id: string, ...lines: readonly string[]) => [
  `START RequestId: ${id} Version: $LATEST\n`,
  ...lines,
  `END RequestId: ${id}\n`,
  `REPORT RequestId: ${id}\tDuration: 5.55 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
];

/** Events in JSON format (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html). */
const platform = (type: string, id: string, record: object = {}) =>
  JSON.stringify({ time: '2026-11-30T12:00:00.000Z', type, record: { requestId: id, ...record } });
const app = (id: string, message: string) =>
  JSON.stringify({ timestamp: '2026-11-30T12:00:00.000Z', level: 'INFO', requestId: id, message });
const json = (id: string, ...lines: readonly string[]) => [
  platform('platform.start', id, { version: '$LATEST' }),
  ...lines,
  platform('platform.runtimeDone', id, { status: 'success' }),
  platform('platform.report', id, { metrics: { durationMs: 5 }, status: 'success' }),
];

describe('in text format', () => {
  test('the lines between START and END belong to the invocation, and no line of another one', () => {
    const output = [
      `2026-11-30T12:00:00.000Z\t${own}\tINFO\tmine\n`,
      'a line without the ID',
      '{"my":"JSON"}',
    ];
    const messages = [
      'INIT_START Runtime Version: nodejs:24.v1\n',
      ...text(other, 'before', `it mentions ${own}`),
      ...text(own, ...output),
      ...text(other, 'after'),
    ];
    expect(scanned(messages)).toEqual({ output, state: 'done' });
  });

  test('the lines up to now belong to an invocation that runs', () => {
    expect(scanned(text(own, 'a', 'b').slice(0, 3))).toEqual({ output: ['a', 'b'], state: 'text' });
  });

  test('the message about a time-out, which follows the end, belongs to the invocation', () => {
    const timeout = `2026-11-30T12:00:03.000Z ${own} Task timed out after 3.00 seconds\n\n`;
    const messages = [...text(own, 'a'), timeout, 'INIT_START Runtime Version', ...text(other, own)];
    expect(scanned(messages)).toEqual({ output: ['a', timeout], state: 'done' });
  });

  test('an end that is missing because the environment crashed is replaced by the next start', () => {
    const messages = [...text(own, 'a').slice(0, 2), ...text(other, 'b')];
    expect(scanned(messages)).toEqual({ output: ['a'], state: 'done' });
  });

  test('a line that forges the start of the invocation later shows no lines of others', () => {
    const forged = `START RequestId: ${own} Version: $LATEST`;
    const messages = [...text(own, 'a'), ...text(other, forged, 'b'), ...text(other, 'c')];
    expect(scanned(messages).output).toEqual(['a']);
    expect(scanned([forged, app(other, 'd'), app(own, 'e')]).output).toEqual([app(own, 'e')]);
  });
});

describe('in JSON format', () => {
  test('the lines with the request ID, and those without an ID in between, belong to the invocation', () => {
    const output = [app(own, 'mine'), 'written without the logger'];
    const messages = [
      JSON.stringify({ type: 'platform.initStart', record: { functionName: 'f' } }),
      ...json(other, app(other, 'before'), 'theirs'),
      ...json(own, ...output),
      ...json(other, app(other, 'after'), 'theirs'),
    ];
    expect(scanned(messages)).toEqual({ output, state: 'done' });
  });

  test('only lines with the request ID belong to one of several invocations that run at the same time', () => {
    const [ownStart = '', ...ownEnd] = json(own);
    const [otherStart = '', ...otherEnd] = json(other);
    const messages = [
      ownStart,
      app(own, '1'),
      otherStart,
      app(other, '2'),
      'of either',
      app(own, '3'),
      ...otherEnd,
      ...ownEnd,
    ];
    expect(scanned(messages)).toEqual({ output: [app(own, '1'), app(own, '3')], state: 'over' });
  });

  test('only lines with the request ID belong to the invocation if Lambda does not log its start', () => {
    const messages = [app(other, '1'), app(own, '2'), 'of either', app(other, '3'), app(own, '4')];
    expect(scanned(messages)).toEqual({ output: [app(own, '2'), app(own, '4')], state: 'marked' });
  });

  test('a line with the ID in another member does not belong to it', () => {
    const messages = [JSON.stringify({ requestId: own }), JSON.stringify({ message: own })];
    expect(scanned(messages)).toEqual({ output: [], state: 'before' });
  });
});
