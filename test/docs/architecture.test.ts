import { existsSync, globSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { dataIndexAttributes } from '../../aws/dynamodb/data/data-indexes.ts';
import {
  dataItemKey,
  dataNamePrefix,
  dataTagPrefix,
  outputPrefix,
} from '../../aws/dynamodb/data/data-keys.ts';
import { groupItemKey } from '../../aws/dynamodb/groups/group-keys.ts';
import { jobIndexes } from '../../aws/dynamodb/job-items/job-indexes.ts';
import {
  chunkItemKey,
  operationItemKey,
  refusalsItemKey,
} from '../../aws/dynamodb/operations/operation-keys.ts';
import { metadataPrefix, sortableNumber } from '../../aws/dynamodb/table/metadata-keys.ts';
import {
  accountLimitItemKey,
  apiKeyItemKey,
  congestionItemKey,
  counterItemKey,
  definitionItemKey,
  firstNumberItemKey,
  groupPrefix,
  idempotencyItemKey,
  jobItemKey,
  labelItemKey,
  linkItemKey,
  logEntryItemKey,
  logEntrySort,
  longPollsItemKey,
  namePrefixKey,
  queuedJobItemKey,
  retentionItemKey,
  reusableResultItemKey,
  serviceItemKey,
  tagPrefix,
  tenantItemKey,
} from '../../aws/dynamodb/table/table-keys.ts';
import {
  deliveryItemKey,
  slowCallsItemKey,
  webhookItemKey,
} from '../../aws/dynamodb/webhooks/webhook-keys.ts';
import { digest } from '../../core/std/digest.ts';
import { aDataObject } from '../support/data/data-objects.ts';
import { readDocument, section, tableRows } from './markdown.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const document = readDocument('docs/ARCHITECTURE.md');
const modules = tableRows(section(document, 'Modules'));

interface Rule {
  readonly from: { readonly path: string };
  readonly to: { readonly path?: string };
}

// The rule file exports dependency-cruiser's own configuration, of which only these members are read.
const { allowed } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly allowed: readonly Rule[];
};

/** Folders with code, as the table of modules names them. */
function folders(): readonly string[] {
  const top = globSync('*/**/*.ts', { cwd: root, exclude: isNoRoom }).map((file) => file.split('/')[0] ?? '');
  return [...new Set(top)].flatMap((name) => {
    if (name === 'core') return foldersIn('core').map((inner) => `core/${inner}`);
    return name === 'functions' ? ['functions/_shared', 'functions/<name>'] : [name];
  });
}

function foldersIn(name: string): readonly string[] {
  const entries = readdirSync(`${root}${name}`, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function isNoRoom(name: string): boolean {
  return ['node_modules', 'cdk.out', 'coverage'].includes(name) || name.startsWith('.');
}

/** The imports that a rule allows, as the table names them; a rule for packages allows several. */
function importsOf({ to: { path } }: Rule): readonly string[] {
  if (path === undefined) return ['Node'];
  if (path === '.') return ['everything'];
  if (path === '^functions/$1/') return ['itself'];
  if (path === '^functions/[^/]+/environment.ts$') return ['functions/*/environment.ts as types'];
  const list = /^\^(?:node_modules\/)?\(?([^()]+?)\)?(?:\/|\(\/\|\$\)|\$)$/.exec(path)?.[1];
  if (list === undefined) throw new Error(`The rule ${path} has no entry here`);
  return list.split('|');
}

/** The imports that the rules allow a module: modules and packages. */
function imports(module: string) {
  const sample = `${module.replace('<name>', 'submit')}/a-file.ts`;
  const rules = allowed.filter(({ from }) => new RegExp(from.path).test(sample));
  const isPackage = ({ to }: Rule) => to.path === undefined || to.path.includes('node_modules');
  const ours = rules.filter((rule) => !isPackage(rule)).flatMap(importsOf);
  const packages = rules.filter(isPackage).flatMap(importsOf);
  return { ours: ours.sort(), packages: packages.sort() };
}

function sorted(cell = ''): readonly string[] {
  return cell === '' ? [] : cell.split(', ').sort();
}

describe('the modules of the architecture', () => {
  test('are the folders of the code', () => {
    expect(modules.map(([name]) => name).sort()).toEqual([...folders()].sort());
  });

  test.each(modules.filter(([name]) => name !== 'test'))(
    'include %s with the imports that the rules allow',
    (...row) => {
      const [name = '', , ours, packages] = row;
      expect({ ours: sorted(ours), packages: sorted(packages) }).toEqual(imports(name));
    },
  );

  test('let tests import everything', () => {
    expect(imports('test')).toEqual({ ours: ['everything'], packages: [] });
  });
});

test('no folder has more than 20 files of code, so that its listing shows what belongs together', () => {
  const files = globSync('*/**/*.{ts,js}', { cwd: root, exclude: isNoRoom });
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect(counts.size).toBeGreaterThan(100);
  expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
});

describe('the data of the architecture', () => {
  const [keys = '', indexes = ''] = section(document, 'Data').split('Three indexes');

  test('has the keys that the adapters write', () => {
    const written = [
      jobItemKey({ tenant: '<tenant>', jobId: '<uuid>' }),
      serviceItemKey('<tenant>', '<name>', '<version>'),
      definitionItemKey(
        { tenant: '<tenant>', name: '<name>', version: '<version>' },
        '<SHA-256 of the definition>',
      ),
      apiKeyItemKey('<SHA-256 of the key>'),
      linkItemKey({ tenant: '<tenant>', kind: 'child', anchorId: '<parent>', jobId: '<sub-job>' }),
      linkItemKey({ tenant: '<tenant>', kind: 'dependent', anchorId: '<dependency>', jobId: '<job>' }),
      linkItemKey({ tenant: '<tenant>', kind: 'rerun', anchorId: '<job>', jobId: '<rerun>' }),
      linkItemKey({ tenant: '<tenant>', kind: 'reuse', anchorId: '<job>', jobId: '<reusing job>' }),
      linkItemKey({ tenant: '<tenant>', kind: 'use', anchorId: '<data object>', jobId: '<job>' }),
      idempotencyItemKey({ tenant: '<tenant>', key: 'one' }),
      reusableResultItemKey({ tenant: '<tenant>', contentDigest: '<content digest>' }),
      longPollsItemKey(0),
      accountLimitItemKey(),
      retentionItemKey(),
      retentionItemKey('<tenant>'),
      labelItemKey('<tenant>', `${tagPrefix('red')}<uuid>`),
      labelItemKey('<tenant>', `${groupPrefix('blue')}<uuid>`),
      labelItemKey('<tenant>', `${namePrefixKey('<name>')}#<uuid>`),
      labelItemKey('<tenant>', `${metadataPrefix('<member>', 7)}<uuid>`),
      labelItemKey('<tenant>', `${metadataPrefix('<member>', 'north')}<uuid>`),
      tenantItemKey('<tenant>'),
      counterItemKey({ tenant: '<tenant>', service: '<service name>', day: '<day>' }),
      groupItemKey({ tenant: '<tenant>', group: '<name>' }),
      logEntryItemKey('<tenant>', 1),
      firstNumberItemKey('<tenant>'),
      congestionItemKey('<target>'),
      queuedJobItemKey('<target>', { tenant: '<tenant>', priority: 0, jobId: '<uuid>' }),
      dataItemKey({ tenant: '<tenant>', dataId: '<uuid>' }),
      labelItemKey('<tenant>', `${dataTagPrefix('red')}<uuid>`),
      labelItemKey('<tenant>', `${dataNamePrefix}<name>#<uuid>`),
      labelItemKey('<tenant>', `${outputPrefix('<job>')}<uuid>`),
      operationItemKey({ tenant: '<tenant>', operationId: '<uuid>' }),
      chunkItemKey({ tenant: '<tenant>', operationId: '<operation>' }, 8),
      refusalsItemKey({ tenant: '<tenant>', operationId: '<operation>' }, 9),
      webhookItemKey({ tenant: '<tenant>', webhookId: '<uuid>' }),
      slowCallsItemKey(),
      deliveryItemKey({
        tenant: '<tenant>',
        webhookId: '<webhook>',
        deliveryId: '<time of the event>-<job>-<sequence number>',
      }),
    ];
    expect(tableRows(keys).map(([, pk, sk]) => [pk, sk])).toEqual(
      written.map((key) => [
        key['pk']?.S?.replace(digest('one'), '<SHA-256 of the key>').replace('HELD#0', 'HELD#<shard>'),
        key['sk']?.S?.replace(digest('red'), '<SHA-256 of the tag>')
          .replace(digest('blue'), '<SHA-256 of the group>')
          .replace(digest('north'), '<SHA-256 of the text>')
          .replace(sortableNumber(7), '<number>')
          .replace('9999', '<rank>')
          .replace(logEntrySort(1), '<number, 16 digits>')
          .replace('0000000008', '<number>')
          .replace('0000000009', '<position>'),
      ]),
    );
  });

  const [ofJobs = '', ofData = ''] = indexes.split('Data objects are in the same indexes');

  test('has the indexes of the table', () => {
    const documented = tableRows(ofJobs).map(([name, partition, sort]) => ({ name, partition, sort }));
    expect(documented).toEqual(Object.values(jobIndexes));
  });

  test('has the partitions of data objects in the indexes', () => {
    const attributes = dataIndexAttributes(
      aDataObject({ tenant: '<tenant>', mediaType: '<media type>', nextCheckAt: 1 }),
    );
    expect(tableRows(ofData).map(([name, partition]) => [name, partition])).toEqual(
      Object.values(jobIndexes).map(({ name, partition }) => [
        name,
        attributes[partition]?.S?.replace(/data#\d$/, 'data#<shard>')
          .replace('uploading', '<status>')
          .replace(/upload$/, '<origin>'),
      ]),
    );
  });
});

describe('the invariants', () => {
  const text = section(document, 'Invariants');
  const invariants = text.split(/^(?=\d+\. )/m).slice(1);
  const scripts: unknown = JSON.parse(readDocument('package.json'));

  test('are numbered without gaps', () => {
    expect(invariants.length).toBeGreaterThan(20);
    expect(invariants.map((one) => Number.parseInt(one, 10))).toEqual(
      invariants.map((_, index) => index + 1),
    );
  });

  test.each(invariants.map((text) => ({ number: Number.parseInt(text, 10), text })))(
    'include number $number with the names of its tests',
    ({ text: invariant }) => {
      const checks = [...invariant.matchAll(/`((?:(?:local\/)?test\/|npm run )[^`]+)`/g)].map(
        ([, check = '']) => check,
      );
      expect(checks).not.toEqual([]);
      for (const check of checks) {
        if (check.startsWith('npm run ')) expect(scripts).toHaveProperty(['scripts', check.slice(8)]);
        else expect(existsSync(`${root}${check}`), check).toBe(true);
      }
    },
  );
});
