import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { isJsonObject } from '../../schema/json-kind.ts';
import { arrayKeywords } from './array-keywords.ts';
import { choiceKeywords, referenceKeyword } from './choice-keywords.ts';
import { objectKeywords } from './object-keywords.ts';
import type { Keyword, MakeKeyword, Making, SchemaNode } from './schema-node.ts';
import { numberKeywords, textKeywords, valueKeywords } from './value-keywords.ts';

const ofAll = [referenceKeyword, ...valueKeywords, ...choiceKeywords];

/**
 * Makes schemas of one document ready for evaluation, with all that they apply. Each `$ref` must be a key of `targets`;
 * every schema is made once.
 */
export function nodeMaker(targets: ReadonlyMap<string, JsonObject>): (schema: JsonObject) => SchemaNode {
  const made = new Map<JsonObject, SchemaNode>();
  const making: Making = {
    nodeOf: (schema) => known(made, schema) ?? fill(made, asObject(schema), making),
    targetOf: (reference) => making.nodeOf(targets.get(reference) ?? {}),
  };
  return making.nodeOf;
}

function known(made: ReadonlyMap<JsonObject, SchemaNode>, schema: JsonValue): SchemaNode | undefined {
  return isJsonObject(schema) ? made.get(schema) : undefined;
}

function asObject(schema: JsonValue): JsonObject {
  return isJsonObject(schema) ? schema : {};
}

/** The node is known before its keywords are made: they may lead back to it. */
function fill(made: Map<JsonObject, SchemaNode>, schema: JsonObject, making: Making): SchemaNode {
  const none: readonly Keyword[] = [];
  const node: SchemaNode = {
    keywords: { null: none, boolean: none, number: none, string: none, array: none, object: none },
    requiresUnevaluated:
      Object.hasOwn(schema, 'unevaluatedProperties') || Object.hasOwn(schema, 'unevaluatedItems'),
  };
  made.set(schema, node);
  const make = (makers: readonly (readonly [string, MakeKeyword])[]) =>
    makers.filter(([keyword]) => Object.hasOwn(schema, keyword)).map(([, maker]) => maker(schema, making));
  const all = make(ofAll);
  Object.assign(node.keywords, {
    null: all,
    boolean: all,
    number: [...all, ...make(numberKeywords)],
    string: [...all, ...make(textKeywords)],
    array: [...all, ...make(arrayKeywords)],
    object: [...all, ...make(objectKeywords)],
  });
  return node;
}
