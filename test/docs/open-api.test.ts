import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { structureOf } from '../../bin/open-api/name-shapes.ts';
import document from '../../docs/openapi.json' with { type: 'json' };
import { documentedFormats } from '../support/documented-formats.ts';
import { closedSchemas } from '../support/local-service/closed-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

interface Body {
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

/** Values of requests and responses, which may be schemas of services. */
const values = ['example', 'examples'];

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The paths of the members of all schemas below a part of the document that have no description. */
function undescribed(part: unknown, path: string): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((item, index) => undescribed(item, `${path}/${index}`));
  if (!isJson(part)) return [];
  const { properties, ...rest } = part;
  const members = isJson(properties) ? Object.entries(properties) : [];
  return [
    ...members.flatMap(([name, member]) => {
      const own = isJson(member) && typeof member['description'] === 'string' ? [] : [`${path}/${name}`];
      return [...own, ...undescribed(member, `${path}/${name}`)];
    }),
    ...Object.entries(rest)
      .filter(([name]) => !values.includes(name))
      .flatMap(([name, value]) => undescribed(value, `${path}/${name}`)),
  ];
}

describe('the OpenAPI document', () => {
  test('describes each member of each named schema', () => {
    expect(undescribed(document.components.schemas, 'schemas')).toEqual([]);
  });

  test('describes each member of each body and each response of an operation', () => {
    expect(undescribed(document.paths, 'paths')).toEqual([]);
  });
});

describe('the names of the OpenAPI document', () => {
  /** All schemas with members or values below a part of the document, by their structure. */
  function shapesIn(part: unknown, path: string, found = new Map<string, string[]>()) {
    if (Array.isArray(part))
      for (const [index, item] of part.entries()) shapesIn(item, `${path}/${index}`, found);
    if (!isJson(part)) return found;
    const { properties, enum: choices } = part;
    if (isJson(properties) || Array.isArray(choices)) {
      const key = structureOf(part);
      found.set(key, [...(found.get(key) ?? []), path]);
    }
    for (const [name, value] of Object.entries(part))
      if (!values.includes(name)) shapesIn(value, `${path}/${name}`, found);
    return found;
  }

  test('are unique: no two objects and no two enums have the same structure', () => {
    const repeated = [...shapesIn(document, '').values()].filter(({ length }) => length > 1);
    expect(repeated).toEqual([]);
  });

  test('belong to all objects: bodies and responses are references, alternatives of references, or maps', () => {
    const inline = [...shapesIn(document.paths, '').values()].flat();
    expect(inline.filter((path) => !path.includes('/parameters/'))).toEqual([]);
  });
});

describe('the examples of the OpenAPI document', () => {
  const ajv = new Ajv2020({ strict: false, formats: { ...documentedFormats }, validateSchema: false });
  ajv.addSchema(closedSchemas(document), 'errand');
  const errorsOf = (value: unknown, pointer: readonly string[]) => {
    const parts = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    const validate = ajv.compile({ $ref: `errand#/${parts.join('/')}` });
    return validate(value) ? [] : validate.errors;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
      ...operation,
      pointer: ['paths', path, method],
    })),
  );

  test.each(operations)('$operationId has a valid one of its body', ({ requestBody, pointer }) => {
    const { 'application/json': media } = requestBody?.content ?? {};
    if (media === undefined) return;
    expect(media.example).toBeDefined();
    expect(
      errorsOf(media.example, [...pointer, 'requestBody', 'content', 'application/json', 'schema']),
    ).toEqual([]);
  });

  test.each(operations)('$operationId has valid ones of its responses', ({ responses, pointer }) => {
    const bodies = Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([status, { content = {} }]) =>
        Object.entries(content).map(([type, media]) => ({
          path: [status, 'content', type, 'schema'],
          media,
        })),
      );
    const given = bodies.filter(({ media }) => media.example !== undefined);
    expect(given.length > 0).toBe(bodies.length > 0);
    for (const { path, media } of given)
      expect(errorsOf(media.example, [...pointer, 'responses', ...path]), path[0]).toEqual([]);
  });

  test('include a problem', () => {
    const { examples } = document.components.schemas.Problem;
    expect(examples).toHaveLength(1);
    expect(errorsOf(examples[0], ['components', 'schemas', 'Problem'])).toEqual([]);
  });
});

describe('the texts of the OpenAPI document', () => {
  test('describe each operation, each parameter, each tag and each named schema', () => {
    const operations = Object.values(document.paths).flatMap(
      (path) => Object.values(path as object) as Json[],
    );
    const parameters = operations.flatMap((operation) => operation['parameters'] as readonly Json[]);
    const named = Object.values(document.components.schemas) as readonly Json[];
    const described = [...operations, ...parameters, ...document.tags, ...named];
    expect(
      described.filter(({ description }) => typeof description !== 'string' || description === ''),
    ).toEqual([]);
  });

  test('say what an operation does beyond its summary', () => {
    const operations = Object.values(document.paths).flatMap(
      (path) => Object.values(path as object) as Json[],
    );
    expect(operations.filter(({ summary, description }) => summary === description)).toEqual([]);
    const texts = operations.map(({ description }) => description);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
