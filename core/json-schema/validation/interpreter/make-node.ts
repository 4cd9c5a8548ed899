import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { isJsonObject } from '../../schema/json-kind.ts';
import { arrayKeywords } from './array-keywords.ts';
import { choiceKeywords, referenceKeyword } from './choice-keywords.ts';
import { objectKeywords } from './object-keywords.ts';
import type { Keyword, MakeKeyword, NodeFactory, SchemaNode } from './schema-node.ts';
import { numberKeywords, textKeywords, valueKeywords } from './value-keywords.ts';

const commonKeywords = [referenceKeyword, ...valueKeywords, ...choiceKeywords];

/**
 * Returns a function that prepares schemas of one document for evaluation, with all schemas that they apply.
 * Each `$ref` must be a key of `targets`. Every schema is prepared once.
 */
export function nodeMaker(targets: ReadonlyMap<string, JsonObject>): (schema: JsonObject) => SchemaNode {
  const made = new Map<JsonObject, SchemaNode>();
  const factory: NodeFactory = {
    nodeOf: (schema) => known(made, schema) ?? fill(made, asObject(schema), factory),
    targetOf: (reference) => factory.nodeOf(targets.get(reference) ?? {}),
  };
  return factory.nodeOf;
}

function known(made: ReadonlyMap<JsonObject, SchemaNode>, schema: JsonValue): SchemaNode | undefined {
  return isJsonObject(schema) ? made.get(schema) : undefined;
}

function asObject(schema: JsonValue): JsonObject {
  return isJsonObject(schema) ? schema : {};
}

/** Registers the node before its keywords are created, because they may refer back to it. */
function fill(made: Map<JsonObject, SchemaNode>, schema: JsonObject, factory: NodeFactory): SchemaNode {
  const none: readonly Keyword[] = [];
  const node: SchemaNode = {
    keywords: { null: none, boolean: none, number: none, string: none, array: none, object: none },
    requiresUnevaluated:
      Object.hasOwn(schema, 'unevaluatedProperties') || Object.hasOwn(schema, 'unevaluatedItems'),
  };
  made.set(schema, node);
  const make = (makers: readonly (readonly [string, MakeKeyword])[]) =>
    makers.filter(([keyword]) => Object.hasOwn(schema, keyword)).map(([, maker]) => maker(schema, factory));
  const all = make(commonKeywords);
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
