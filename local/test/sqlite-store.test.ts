import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { inTransaction, openDatabase } from '../sqlite-store.ts';
import { temporaryDirectory } from './fixture/write-assembly.ts';

const tables = 'CREATE TABLE IF NOT EXISTS entry (name TEXT NOT NULL)';

function entriesOf(directory: string): readonly unknown[] {
  const reader = new DatabaseSync(join(directory, 'entries.sqlite'));
  try {
    return reader.prepare('SELECT name FROM entry ORDER BY name').all();
  } finally {
    reader.close();
  }
}

test('a write is visible to another connection as soon as its statement returns', () => {
  const directory = join(temporaryDirectory(), 'store');
  const database = openDatabase({ directory, file: 'entries.sqlite', tables });
  database.exec("INSERT INTO entry VALUES ('first')");
  expect(entriesOf(directory)).toEqual([{ name: 'first' }]);
  database.close();
  openDatabase({ directory, file: 'entries.sqlite', tables }).close();
  expect(entriesOf(directory)).toEqual([{ name: 'first' }]);
});

test('a transaction that throws writes nothing, and the next one succeeds', () => {
  const directory = temporaryDirectory();
  const database = openDatabase({ directory, file: 'entries.sqlite', tables });
  const insert = database.prepare('INSERT INTO entry VALUES (?)');
  const failing = () =>
    inTransaction(database, () => {
      insert.run('lost');
      throw new Error('stopped here');
    });
  expect(failing).toThrow('stopped here');
  expect(inTransaction(database, () => insert.run('kept').changes)).toBe(1);
  expect(entriesOf(directory)).toEqual([{ name: 'kept' }]);
  database.close();
});
