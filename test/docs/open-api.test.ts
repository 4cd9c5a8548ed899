import { describe, expect, test } from 'vitest';
import { structureOf } from '../../bin/open-api/name-shapes.ts';
import document from '../../docs/openapi.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

/** Conditions refine the members of the schema that they are in, which has the descriptions. */
const conditions = ['if', 'then', 'else'];

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
      .filter(([name]) => !conditions.includes(name))
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
    const { properties, enum: values } = part;
    if (isJson(properties) || Array.isArray(values)) {
      const key = structureOf(part);
      found.set(key, [...(found.get(key) ?? []), path]);
    }
    for (const [name, value] of Object.entries(part))
      if (!conditions.includes(name) && name !== 'examples' && name !== 'example')
        shapesIn(value, `${path}/${name}`, found);
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
