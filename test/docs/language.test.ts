import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { readDocument, section, tableRows } from './markdown.ts';

/*
The language of the project: each concept of the glossary has its stem in the code, and the replaced terms are used neither in
names nor in texts for people.
*/
const root = fileURLToPath(new URL('../../', import.meta.url));
const modules = '{aws,bin,build,constructs,core,examples,functions,infra,local,manifest,package,test,worker}';
const sources = globSync(`${modules}/**/*.ts`, { cwd: root, exclude: isForeign })
  .filter((file) => file !== 'test/docs/language.test.ts')
  .map(parse);
const documents = globSync(['*.md', 'docs/**/*.md', '*/README.md'], { cwd: root, exclude: isForeign });

const words = ['told', 'tells?', 'hears?', 'heard', 'looks?', 'looked', 'places?', 'misfits?', 'glances?'];
const otherWords = ['wish(?:es)?', 'bury', 'buried', 'sweeps?', 'chance'];
/** Segments of a name in camel case. `lookUp`, `lookahead` and similar names are terms of their own, as is the expiry sweep. */
const replacedInNames = new RegExp(
  [...words, ...otherWords]
    .flatMap((word) => [
      `^${word}(?![a-z])`,
      `(?<=[a-z\\d_])(?<!Expiry)${word.charAt(0).toUpperCase()}${word.slice(1)}(?![a-z])`,
    ])
    .map((word) => `${word}(?!Up|Ahead|Behind|Around)`)
    .join('|'),
);
const replacedInText =
  /\b(?:told|tells?|telling|hears?|heard|glances?|misfits?|wish(?:es|ed)?|bury|buried|rightly|by now|begun|given back|look(?:s|ed)? at|sweeps?)\b/i;
/** The engine of the tables deletes expired items in sweeps, which is the usual term. */
const expirySweep = /^local\/dynamodb\/expir/;

function isForeign(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.') || name === 'cdk.out' || name === 'dist';
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(`${root}${file}`, 'utf8'), ts.ScriptTarget.Latest, true);
}

function exportedNames(source: ts.SourceFile): readonly string[] {
  return source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText(source));
    const { name } = statement as { readonly name?: ts.Node }; // of a function, a class, an interface or a type
    return name === undefined ? [] : [name.getText(source)];
  });
}

/** Comments, and texts for people: those with a space. */
function prose(source: ts.SourceFile): readonly string[] {
  const text = source.getFullText();
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
    for (const { pos, end } of ranges) found.push(text.slice(pos, end));
    if (ts.isStringLiteralLike(node) && /\s/.test(node.text)) found.push(node.text);
    if (ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...new Set(found)];
}

describe('the glossary', () => {
  const rows = tableRows(section(readDocument('docs/ARCHITECTURE.md'), 'Glossary'));
  const names = sources.flatMap((source) =>
    [...source.getFullText().matchAll(/[A-Za-z]\w*/g)].map(([name]) => name),
  );
  const known = new Set(names.map((name) => name.toLowerCase()));

  test.each(rows.map(([concept = '', , stems = '']) => [concept, stems] as const))(
    'has for %s a stem that names in the code contain',
    (_, stems) => {
      for (const stem of stems.split(',').map((part) => part.trim().toLowerCase()))
        expect(
          [...known].some((name) => name.includes(stem)),
          stem,
        ).toBe(true);
    },
  );
});

describe('the replaced words', () => {
  test('are in no exported name', () => {
    const wrong = sources.flatMap((source) =>
      exportedNames(source)
        .filter((name) => replacedInNames.test(name))
        .map((name) => `${source.fileName}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('are in no comment and no text of the code', () => {
    const wrong = sources.flatMap((source) =>
      prose(source)
        .filter((text) =>
          replacedInText.test(expirySweep.test(source.fileName) ? text.replaceAll(/sweeps?/g, '') : text),
        )
        .map((text) => `${source.fileName}: ${text.replaceAll(/\s+/g, ' ').slice(0, 160)}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each(documents)('are not in %s', (file) => {
    const text = readFileSync(`${root}${file}`, 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
    const wrong = text.split('\n').filter((line) => replacedInText.test(line));
    expect(wrong).toEqual([]);
  });
});
