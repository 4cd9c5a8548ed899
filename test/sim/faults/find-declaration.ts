import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The location of a function, method or constant, as offsets in its file. */
export interface Declaration {
  /** Relative to the root. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The folders of the code that the simulation runs. */
const rooms = ['core/**/*.ts', 'test/support/memory/*.ts'];

/**
 * Finds the only declaration of that name at the top level of a file of the core or of the memory stores. Throws when
 * there is no such declaration, or more than one.
 */
export function findDeclaration(root: string, name: string): Declaration {
  const found = globSync(rooms, { cwd: root }).flatMap((file) => declarationsIn(root, file, name));
  const [declaration, ...others] = found;
  if (declaration === undefined) throw new Error(`Nothing is named ${name}`);
  if (others.length > 0) throw new Error(`${name} is in ${found.map(({ file }) => file).join(', ')}`);
  return declaration;
}

function declarationsIn(root: string, file: string, name: string): readonly Declaration[] {
  const text = readFileSync(join(root, file), 'utf8');
  if (!text.includes(name)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements
    .filter((statement) => namesOf(statement).includes(name))
    .map((statement) => ({ file, start: statement.getStart(source), end: statement.getEnd() }));
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name === undefined ? [] : [statement.name.text];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : [],
  );
}
