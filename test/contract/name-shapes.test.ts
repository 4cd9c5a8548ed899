import { describe, expect, test } from 'vitest';
import { nameShapes, structureOf } from '../../bin/open-api/name-shapes.ts';

const pair = (text: string) => ({
  type: 'object',
  description: text,
  properties: { x: { type: 'integer', description: `${text}, across` }, y: { type: 'integer' } },
});
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

function documentOf(post: object) {
  return {
    paths: { '/v1/points': { post: { operationId: 'addPoint', parameters: [], responses: {}, ...post } } },
    components: {
      schemas: { Line: { type: 'object', properties: { from: pair('Start'), to: pair('End') } } },
    },
  };
}

describe('structureOf', () => {
  test('ignores descriptions and the order of members, and nothing else', () => {
    const { x, y } = pair('One').properties;
    expect(structureOf({ properties: { y, x }, type: 'object' })).toBe(structureOf(pair('Other')));
    expect(structureOf({ ...pair('One'), required: ['x'] })).not.toBe(structureOf(pair('One')));
    // A member may be named as the keyword is.
    const described = (type: string) => structureOf({ properties: { description: { type } } });
    expect(described('string')).not.toBe(described('integer'));
  });
});

describe('nameShapes', () => {
  const shapes = { Point: ['Line.from', 'A place'] } as const;

  test('replaces each schema of the structure by a reference with the description of its place', () => {
    const { components } = nameShapes(documentOf({}), shapes) as unknown as ReturnType<typeof documentOf>;
    const reference = { $ref: '#/components/schemas/Point' };
    expect(components.schemas).toEqual({
      Line: {
        type: 'object',
        properties: {
          from: { ...reference, description: 'Start' },
          to: { ...reference, description: 'End' },
        },
      },
      Point: { ...pair('Start'), description: 'A place' },
    });
  });

  test('names bodies without a name in the table after their operation', () => {
    const body = { type: 'object', properties: { at: pair('At') } };
    const document = documentOf({
      requestBody: json(body),
      responses: { 200: json(pair('The point')), 404: {} },
    });
    const { paths, components } = nameShapes(document, shapes) as unknown as {
      readonly paths: Record<string, Record<string, unknown>>;
      readonly components: { readonly schemas: object };
    };
    expect(Object.keys(components.schemas)).toEqual(['AddPointRequest', 'Line', 'Point']);
    expect(paths['/v1/points']?.['post']).toMatchObject({
      requestBody: json({ $ref: '#/components/schemas/AddPointRequest' }),
      responses: { 200: json({ $ref: '#/components/schemas/Point', description: 'The point' }) },
    });
  });

  test('refuses two names of one structure, and places without a schema', () => {
    const twice = { ...shapes, Pair: ['Line.to', 'A pair'] } as const;
    expect(() => nameShapes(documentOf({}), twice)).toThrow('Pair and Point have the same structure');
    expect(() => nameShapes(documentOf({}), { Point: ['Line.middle', 'A place'] })).toThrow('Line.middle');
    expect(() => nameShapes(documentOf({}), { Point: ['addLine.body', 'A place'] })).toThrow('addLine');
  });
});
