/*
Reads lineages in JSON-LD with two packages of Python: rdflib, to compare every statement with the vocabulary PROV-O (terms,
domains, ranges, disjoint classes), and prov, to compare what it reads with the jobs and data objects. Documents with a planted
error must be rejected. Needs python3 (3.11 or later) with pip, and npm.
Usage: node test/oracle/prov/check-prov.ts [SEED]; the seed is printed.
Exits with 1 when a document has an error, or a planted error is not found.
*/
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ProvDocument, representAsProv } from '../../../core/lineage/prov/represent-as-prov.ts';
import { seededRandom } from '../../sim/seeded-random.ts';
import { pythonEnvironment } from '../../support/processes/python-environment.ts';
import { type RandomLineage, randomLineage } from './random-lineage.ts';

/** A package that contains PROV-O (https://www.w3.org/ns/prov-o) as N-Quads. */
const vocabularyPackage = '@vocabulary/prov@1.0.6';
const documentCount = 40;
const baseUrl = 'https://errand.example';
const seed = Number(process.argv[2] ?? 1);

type Pairs = ReadonlyArray<ReadonlyArray<string | null>>;

/** What read-prov.py returns for a document. */
interface Reading {
  readonly triples: number;
  readonly errors: readonly string[];
  /** Null if there are errors. */
  readonly records: Readonly<
    Record<'activities' | 'entities' | 'agents', readonly string[]> &
      Record<'used' | 'generated' | 'informed' | 'associated', Pairs>
  > | null;
}

function readDocuments(documents: readonly unknown[]): readonly Reading[] {
  const folder = mkdtempSync(join(tmpdir(), 'errand-prov-'));
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, vocabularyPackage]);
    execFileSync('tar', ['-xzf', join(folder, 'vocabulary-prov-1.0.6.tgz'), '-C', folder]);
    const vocabulary = join(folder, 'package', 'prov.nq');
    const python = join(pythonEnvironment(join(import.meta.dirname, 'requirements.txt')), 'python');
    const output = execFileSync(python, [join(import.meta.dirname, 'read-prov.py')], {
      input: JSON.stringify({ vocabulary, documents }),
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(output.toString()) as readonly Reading[]; // the form that the script prints
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jobIri = (id: string) => `urn:errand:job:${id}`;
const dataIri = (id: string) => `urn:errand:data:${id}`;
const parametersIri = (id: string) => `${baseUrl}/v1/jobs/${id}/request`;

/** The records that a document must contain, as the package prov reads them. */
function expectedRecords({ lineage: { nodes }, uses, outputs, reuses }: RandomLineage): Reading['records'] {
  const ids = new Set(nodes.map(({ id }) => id));
  const jobs = nodes.flatMap((node) => (node.kind === 'job' ? [node.job] : []));
  const shownUses = uses.filter(([job]) => ids.has(job));
  const shownOutputs = outputs.filter(([data]) => ids.has(data));
  const informants = shownUses.flatMap(([job, data]) =>
    outputs
      .filter(([output, writer]) => output === data && ids.has(data) && ids.has(writer))
      .map(([, writer]) => [job, writer]),
  );
  const uploaders = nodes.flatMap((node) =>
    node.kind === 'data' && node.data.origin.kind === 'upload' ? [node.data.origin.by] : [],
  );
  const principal = (name: string) => `urn:errand:principal:${encodeURIComponent(name)}`;
  const attempt = (job: string, number: number) => `${jobIri(job)}#attempt-${number}`;
  const service = 'urn:errand:service:echo';
  return {
    activities: sorted(jobs.flatMap(({ id }) => [jobIri(id), attempt(id, 1), attempt(id, 2)])),
    entities: sorted([
      ...nodes.flatMap(({ kind, id }) => (kind === 'data' ? dataIri(id) : parametersIri(id))),
      ...(jobs.length > 0 ? [`${service}:1.0.0`] : []),
    ]),
    agents: sorted([...jobs.map(({ owner }) => principal(owner)), ...uploaders.map(principal), service]),
    used: sorted([
      ...shownUses.map(([job, data]) => [jobIri(job), dataIri(data)]),
      ...jobs.map(({ id }) => [jobIri(id), parametersIri(id)]),
    ]),
    generated: sorted(
      shownOutputs.flatMap(([data, job, number]) => [
        [dataIri(data), jobIri(job)],
        [dataIri(data), attempt(job, number)],
      ]),
    ),
    informed: sorted(
      [...informants, ...reuses.filter(([job]) => ids.has(job))].map((pair) => pair.map(jobIri)),
    ),
    associated: sorted(
      jobs.flatMap(({ id, owner }) => [
        [jobIri(id), principal(owner), null],
        [jobIri(id), service, `${service}:1.0.0`],
        [attempt(id, 1), service, null],
        [attempt(id, 2), service, null],
      ]),
    ),
  };
}

/** Without duplicates, in any fixed order. */
function sorted<Item>(items: readonly Item[]): readonly Item[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}

/** Errors that the check must find, each planted in the text of a document. */
const plantedErrors: Readonly<Record<string, (text: string) => string>> = {
  'a property that PROV-O lacks': (text) => text.replace('"prov:used"', '"prov:uses"'),
  'a class that PROV-O lacks': (text) => text.replaceAll('"prov:Activity"', '"prov:Job"'),
  'a property of another domain': (text) => text.replace('"prov:wasGeneratedBy"', '"prov:wasInformedBy"'),
  'a property of another range': (text) => text.replace('"prov:used"', '"prov:wasInformedBy"'),
  'a plan that is no plan': (text) => text.replace('["prov:Plan","prov:Entity"]', '"prov:Entity"'),
  'an agent that is an activity': (text) => text.replaceAll('"prov:Agent"', '"prov:Activity"'),
  'disjoint classes': (text) =>
    text.replaceAll('"type":"prov:Entity"', '"type":["prov:Entity","prov:Activity"]'),
  'a time that is none': (text) => text.replace(/"endedAtTime":"[^"]+"/, '"endedAtTime":"soon"'),
  'a time without its type': (text) =>
    text.replace('"prov:startedAtTime","@type":"xsd:dateTime"', '"prov:startedAtTime"'),
  'an invalid IRI': (text) => text.replaceAll('"id":"urn:errand:principal:', '"id":"urn:errand:principal:<'),
};

const random = seededRandom(seed);
console.log(`seed ${seed}`);
const given: RandomLineage[] = [];
for (let made = 0; made < documentCount; made += 1) given.push(await randomLineage(random));
const documents: readonly ProvDocument[] = given.map(({ lineage }) => representAsProv(lineage, baseUrl));
const largest = JSON.stringify(
  documents.toSorted((left, right) => right['@graph'].length - left['@graph'].length)[0],
);
const broken = Object.values(plantedErrors).map((plant) => JSON.parse(plant(largest)));
const readings = readDocuments([...documents, ...broken]);

let faults = 0;
for (const [index, lineage] of given.entries()) {
  const { errors = [], records = null } = readings[index] ?? {};
  for (const error of errors) console.log(`WRONG  document ${index}: ${error}`);
  const expected = expectedRecords(lineage);
  for (const kind of Object.keys(expected ?? {}) as (keyof NonNullable<Reading['records']>)[]) {
    const [found, wanted] = [sorted<unknown>(records?.[kind] ?? []), expected?.[kind]];
    if (isDeepStrictEqual(found, wanted)) continue;
    faults += 1;
    console.log(`WRONG  document ${index}, ${kind}:`, { found, wanted });
  }
  faults += errors.length;
}
for (const [index, name] of Object.keys(plantedErrors).entries()) {
  const errors = readings[documents.length + index]?.errors ?? [];
  if (errors.length > 0) console.log(`right  ${name} is found: ${errors[0]}`);
  else {
    faults += 1;
    console.log(`WRONG  ${name} is not found`);
  }
}
const triples = readings.slice(0, documents.length).reduce((sum, reading) => sum + reading.triples, 0);
console.log(
  `${documents.length} documents with ${triples} statements, ${broken.length} planted errors, ${faults} faults`,
);
if (faults > 0) process.exitCode = 1;
