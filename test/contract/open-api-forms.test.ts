import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { openApiDocument } from '../../bin/open-api/open-api-document.ts';
import { dayStart, parseTimestamp, timestamp } from '../../core/contract/date-time.ts';
import { parseIdempotencyKey } from '../../core/contract/http/idempotency-key.ts';
import { parsePreconditions } from '../../core/contract/http/preconditions.ts';
import {
  parseJobId,
  parseServiceSelector,
  serviceTextPattern,
  serviceVersion,
  versionRangePattern,
} from '../../core/contract/names.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { workerId } from '../../core/contract/schemas/worker-schemas.ts';
import { isRange } from '../../core/services/model/version-range.ts';
import { readMetadataConditions } from '../../functions/api/lists/metadata-conditions.ts';
import { proxyEvent } from '../support/proxy-event.ts';

interface Schema {
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly maxLength?: number;
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

// The document is JSON of a known shape.
const document = openApiDocument('0.0.0') as unknown as {
  readonly paths: Record<string, Record<string, { readonly parameters: readonly Parameter[] }>>;
};
const parameters = Object.values(document.paths).flatMap((path) =>
  Object.values(path).flatMap((operation) => operation.parameters),
);

/** Moments of the years 0000 to 9999, as RFC 3339 writes them. */
const moments = fc
  .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const fraction = /^(?:\.[0-9]{1,30})?$/;
const offset = /^(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

function formOf(name: string): RegExp {
  // The version of a service that is read may also be a range, which has no form.
  const forms = parameters.filter((one) => one.name === name && one.in !== 'query');
  const pattern = forms.find(({ schema }) => schema.pattern !== undefined)?.schema.pattern;
  if (pattern === undefined) throw new Error(`The document shows no form of ${name}`);
  return new RegExp(pattern);
}

/**
 * These accept any value: their RFCs require that unsupported values are ignored, and a malformed invocation must not cost an
 * attempt its report.
 */
const free = ['Prefer', 'Timeout', 'traceparent', 'Last-Event-ID', 'Errand-Invocation'];

test.each(parameters.filter(({ name }) => !free.includes(name)))(
  'the document limits the parameter $name in $in',
  ({ schema }) => {
    const { pattern, enum: values, $ref, maxLength, format, maximum, patternProperties, type } = schema;
    const limits = [pattern, values, schema.const, $ref, maxLength, format, maximum, patternProperties];
    expect(type === 'boolean' || limits.some((limit) => limit !== undefined)).toBe(true);
  },
);

describe('a value of the documented form is accepted', () => {
  const isAccepted: ReadonlyArray<readonly [string, (text: string) => boolean]> = [
    ['id', (text) => parseJobId(text) !== undefined],
    ['version', (text) => text.length > 64 || serviceVersion.safeParse(text).success],
    ['If-Match', (text) => parsePreconditions({ ifMatch: text, ifNoneMatch: text }).ifMatch !== undefined],
    ['Idempotency-Key', (text) => parseIdempotencyKey(text) !== undefined],
    ['Errand-Worker-Id', (text) => workerId.safeParse(text).success],
  ];

  test.each(isAccepted)('in %s', (name, accepts) => {
    fc.assert(fc.property(fc.stringMatching(formOf(name)), accepts), { numRuns: 500 });
  });

  test('in timestamps, and in dates', () => {
    const formatIn = (path: string) =>
      document.paths[path]?.['get']?.parameters.find(({ name }) => name === 'createdAfter')?.schema.format;
    expect([formatIn('/v1/jobs/stats'), formatIn('/v1/jobs')]).toEqual(['date', 'date-time']);
    const isDay = (text: string) => dayStart.safeParse(text).success && Number.isFinite(parseTimestamp(text));
    fc.assert(
      fc.property(moments, (moment) => isDay(moment.slice(0, 10))),
      { numRuns: 500 },
    );
    const isMoment = (text: string) =>
      timestamp.safeParse(text).success && Number.isFinite(parseTimestamp(text));
    fc.assert(
      fc.property(moments, fc.stringMatching(fraction), fc.stringMatching(offset), (moment, digits, zone) =>
        isMoment(`${moment.slice(0, 19)}${digits}${zone}`),
      ),
      { numRuns: 500 },
    );
  });

  test('in filters by metadata', () => {
    const { schema } = parameters.find(({ name }) => name === 'metadata') ?? {};
    const [[valueName = '', value] = [], [boundName = '', bound] = []] = Object.entries(
      schema?.patternProperties ?? {},
    );
    const accepts = (name: string, text: string) => {
      const event = proxyEvent({ path: `/v1/jobs?${new URLSearchParams({ [name]: text })}` });
      return readMetadataConditions(event).violations.length === 0;
    };
    expect(value).toEqual({ type: 'string' });
    const values = fc.property(fc.stringMatching(new RegExp(valueName)), fc.string(), accepts);
    fc.assert(values, { numRuns: 500 });
    const numbers = fc.stringMatching(new RegExp(bound?.pattern ?? ''));
    fc.assert(fc.property(fc.stringMatching(new RegExp(boundName)), numbers, accepts), { numRuns: 500 });
  });

  test('in names and versions of services', () => {
    const reads = (selector: string) => {
      const parsed = parseServiceSelector(selector);
      return parsed !== undefined && (parsed.version === undefined || isRange(parsed.version));
    };
    fc.assert(fc.property(fc.stringMatching(new RegExp(serviceTextPattern)), reads), { numRuns: 500 });
    fc.assert(fc.property(fc.stringMatching(new RegExp(versionRangePattern)), isRange), { numRuns: 500 });
  });
});

describe('a number of the documented limits is accepted, and one beyond them is not', () => {
  const numbers = routes.flatMap(({ method, path, query }) =>
    (document.paths[path]?.[method.toLowerCase()]?.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && parameter.schema.type === 'integer')
      .map(({ name, schema }) => ({ route: `${method} ${path}`, name, schema, query })),
  );

  test.each(numbers)('$name of $route', ({ name, schema: { minimum = 0, maximum = 0 }, query }) => {
    const accepts = (value: number) => z.safeParse(query, { [name]: String(value) }).success;
    expect([minimum - 1, minimum, maximum, maximum + 1].map(accepts)).toEqual([false, true, true, false]);
  });
});
