import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../bin/open-api/open-api-document.ts';
import { dayStart, parseTimestamp } from '../../core/contract/date-time.ts';
import { parseIdempotencyKey } from '../../core/contract/http/idempotency-key.ts';
import { parsePreconditions } from '../../core/contract/http/preconditions.ts';
import { parseJobId, parseServiceSelector, serviceVersion } from '../../core/contract/names.ts';
import { workerId } from '../../core/contract/schemas/worker-schemas.ts';
import { isRange } from '../../core/services/model/version-range.ts';
import { readMetadataConditions } from '../../functions/api/lists/metadata-conditions.ts';
import { proxyEvent } from '../support/proxy-event.ts';

interface Schema {
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly maxLength?: number;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface Selector {
  readonly anyOf: readonly [Schema, { readonly properties: Readonly<Record<string, Schema>> }];
}

// The document is JSON of a known shape.
const document = openApiDocument('0.0.0') as unknown as {
  readonly paths: Record<string, Record<string, { readonly parameters: readonly Parameter[] }>>;
  readonly components: {
    readonly schemas: { readonly Submission: { readonly properties: { readonly service: Selector } } };
  };
};
const parameters = Object.values(document.paths).flatMap((path) =>
  Object.values(path).flatMap((operation) => operation.parameters),
);

function formOf(name: string): RegExp {
  const pattern = parameters.find((one) => one.name === name && one.in !== 'query')?.schema.pattern;
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
    const limits = [schema.pattern, schema.enum, schema.const, schema.maxLength, schema.patternProperties];
    expect(limits.some((limit) => limit !== undefined)).toBe(true);
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
    const ofStats = document.paths['/v1/jobs/stats']?.['get']?.parameters ?? [];
    const dayForm = ofStats.find(({ name }) => name === 'createdAfter')?.schema.pattern ?? '';
    const isDay = (text: string) => dayStart.safeParse(text).success && Number.isFinite(parseTimestamp(text));
    fc.assert(fc.property(fc.stringMatching(new RegExp(dayForm)), isDay), { numRuns: 500 });
    const ofList = document.paths['/v1/jobs']?.['get']?.parameters ?? [];
    const form = ofList.find(({ name }) => name === 'createdAfter')?.schema.pattern ?? '';
    const isMoment = (text: string) => Number.isFinite(parseTimestamp(text));
    fc.assert(fc.property(fc.stringMatching(new RegExp(form)), isMoment), { numRuns: 500 });
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
    const { Submission } = document.components.schemas;
    const [text, { properties }] = Submission.properties.service.anyOf;
    const reads = (selector: string) => {
      const parsed = parseServiceSelector(selector);
      return parsed !== undefined && (parsed.version === undefined || isRange(parsed.version));
    };
    fc.assert(fc.property(fc.stringMatching(new RegExp(text.pattern ?? '')), reads), { numRuns: 500 });
    const version = fc.stringMatching(new RegExp(properties['version']?.pattern ?? ''));
    fc.assert(fc.property(version, isRange), { numRuns: 500 });
  });
});
