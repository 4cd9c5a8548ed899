/**
 * Arrows point inward: functions -> aws -> core; infra, client, worker -> core/contract; build -> manifest -> core/contract; local imports none of the others.
 * What is not allowed here is an error. docs/ARCHITECTURE.md says the same in words.
 */
const builtin = { dependencyTypes: ['core'] };
const room = (name) => `^${name}/`;
const modules = (pattern) => ({ path: `^node_modules/(${pattern})(/|$)` });

/** Each room, as a pattern of its files, with what they may import. */
const allowed = [
  ['^core/contract/', [{ path: room('core/contract') }, modules('zod')]],
  ['^core/(?!contract/)', [{ path: room('core') }, builtin, modules('zod|semver|ajv|ipaddr.js')]],
  [
    '^aws/',
    [
      { path: '^(aws|core)/' },
      builtin,
      modules('@aws-sdk|@smithy|@types/aws-lambda|uuidv7|@aws-lambda-powertools'),
    ],
  ],
  [
    '^functions/_shared/',
    [
      { path: '^(functions/_shared|core|aws)/' },
      builtin,
      modules('@middy|@aws-lambda-powertools|@types/aws-lambda|zod'),
    ],
  ],
  [
    '^functions/((?!_shared)[^/]+)/',
    [
      { path: '^(functions/_shared|core|aws)/' },
      { path: '^functions/$1/' },
      { path: '^docs/openapi.json$' },
      builtin,
      modules('@middy|@aws-lambda-powertools|@types/aws-lambda|zod'),
    ],
  ],
  [
    '^infra/',
    [
      { path: '^(infra|core/contract)/' },
      { path: '^site/build-site.ts$' },
      { path: '^functions/[^/]+/environment.ts$', dependencyTypes: ['type-only'] },
      { path: '^cdk.json$' },
      builtin,
      modules('aws-cdk-lib|constructs|cdk-nag|esbuild|zod'),
    ],
  ],
  [
    '^local/(?!test/)',
    [{ path: room('local') }, builtin, modules('asl-validator|croner|esbuild|@dynoxide|@aws-sdk/checksums')],
  ],
  ['^client/', [{ path: '^(client|core/contract)/' }]],
  ['^worker/', [{ path: '^(worker|core/contract)/' }, builtin]],
  [
    '^site/',
    [{ path: '^(site|core/contract)/' }, builtin, modules('esbuild|highlight.js|markdown-it|minisearch')],
  ],
  ['^manifest/', [{ path: '^(manifest|core/contract)/' }, builtin, modules('zod')]],
  ['^build/', [{ path: '^(build|manifest)/' }, builtin, modules('esbuild')]],
  [
    '^constructs/',
    [{ path: '^(constructs|manifest|build|core/contract)/' }, builtin, modules('aws-cdk-lib|constructs')],
  ],
  [
    '^examples/',
    [
      { path: '^(examples|package)/' },
      builtin,
      modules('csv-parse|d3-scale|@types/d3-scale|@types/aws-lambda'),
    ],
  ],
  ['^package/', [{ path: '^(package|client|worker|constructs|core/contract)/' }, builtin]],
  [
    '^bin/',
    [{ path: '^(bin|core|aws|local|manifest)/' }, builtin, modules('zod|vega-datasets|typescript|mime')],
  ],
  [
    '^cli/',
    [
      {
        path: '^(cli|client|bin|build|manifest|core/contract|core/json-schema|core/services|core/std|local)/',
      },
      builtin,
      modules('zod|chokidar'),
    ],
  ],
  ['^(test|local/test)/', [{ path: '.' }]],
];

module.exports = {
  forbidden: [
    { name: 'no-folder-circular', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphan-names',
      comment: 'A name must say what is in the file.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)(utils|helpers|common|misc)(\\.ts|/)' },
    },
    {
      name: 'no-whole-cdk',
      comment:
        'An ES module that imports aws-cdk-lib loads all of it; aws-cdk-lib/core has the same exports. ' +
        'https://github.com/aws/aws-cdk/pull/23846',
      severity: 'error',
      from: { path: '^(infra|constructs)/' },
      to: { path: '^node_modules/aws-cdk-lib/index\\.' },
    },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  allowed: allowed.flatMap(([path, targets]) => targets.map((to) => ({ from: { path }, to }))),
  allowedSeverity: 'error',
  options: {
    doNotFollow: { path: 'node_modules' },
    // Apps with packages of their own, which `npm run verify:team-app` and test/e2e/apps run.
    exclude: { path: '^(?:examples/(?:team-app|subscribe)|test/generated-clients/typescript)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
