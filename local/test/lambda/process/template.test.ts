import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadAssembly } from '../../../assembly/load-assembly.ts';
import { readFunctions } from '../../../lambda/function-config.ts';
import { temporaryDirectory } from '../local-lambda.ts';

const roleArn = 'arn:aws:iam::111122223333:role/r';

/** A synthesized app with one function, whose code is the folder `code` or the image of this Dockerfile. */
function assemblyWith(properties: object, dockerfile = 'FROM scratch\nCMD ["./main"]\n'): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'code'));
  writeFileSync(join(directory, 'code', 'Dockerfile'), dockerfile);
  const write = (file: string, value: unknown) => writeFileSync(join(directory, file), JSON.stringify(value));
  write('manifest.json', {
    artifacts: {
      App: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'App.json' },
      },
      Assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
    },
  });
  write('assets.json', {
    files: { a: { source: { path: 'code' }, destinations: { d: { objectKey: 'code.zip' } } } },
    dockerImages: { b: { source: { directory: 'code' }, destinations: { d: { imageTag: 'tag' } } } },
  });
  write('App.json', {
    Resources: {
      F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f', Role: roleArn, ...properties } },
    },
  });
  return directory;
}

function configOf(properties: object, dockerfile?: string) {
  const options = { accountId: '111122223333', region: 'eu-central-1' };
  return readFunctions(loadAssembly(assemblyWith(properties, dockerfile), options)).get('f');
}

const code = { Code: { S3Bucket: 'b', S3Key: 'code.zip' } };
const image = {
  PackageType: 'Image',
  Code: {
    ImageUri: { 'Fn::Join': ['', ['1.dkr.ecr.', { Ref: 'AWS::Region' }, '.amazonaws.com/repository:tag']] },
  },
};

test.each([
  ['python3.13', { kind: 'python', version: '3.13' }, 'python3.13'],
  ['provided.al2023', { kind: 'bootstrap' }, undefined],
  ['provided.al2', { kind: 'bootstrap' }, undefined],
  ['nodejs24.x', { kind: 'thread' }, 'nodejs24.x'],
])('a function with the runtime %s is read with its program', (runtime, program, executionRuntime) => {
  expect(configOf({ ...code, Runtime: runtime, Handler: 'a.b' })).toMatchObject({
    program,
    runtime: executionRuntime,
    handler: 'a.b',
    directory: expect.stringMatching(/code$/),
  });
});

test('a container image is read with its command, which the template can replace', () => {
  expect(configOf(image)).toMatchObject({ program: { kind: 'image', command: ['./main'] } });
  const ImageConfig = { EntryPoint: ['./other'], Command: ['x'], WorkingDirectory: '/var/task' };
  expect(configOf({ ...image, ImageConfig })).toMatchObject({
    program: { kind: 'image', command: ['./other', 'x'] },
  });
});

test.each([
  ['python:3.12', { kind: 'python', version: '3.12' }],
  ['nodejs:24', { kind: 'thread' }],
  ['provided:al2023', { kind: 'bootstrap' }],
])('an image of AWS for %s is read with the handler that CMD names', (name, program) => {
  const dockerfile = `FROM --platform=linux/arm64 public.ecr.aws/lambda/${name}\nCMD ["app.run"]\n`;
  expect(configOf(image, dockerfile)).toMatchObject({ program, handler: 'app.run' });
});

test.each(['java21', 'ruby3.4', 'dotnet8', 'provided', 'python'])(
  'the runtime %s is refused by name',
  (runtime) => {
    expect(() => configOf({ ...code, Runtime: runtime, Handler: 'a.b' })).toThrow(
      `AWS::Lambda::Function App/F has runtime ${runtime}; the local runtime supports nodejs*, python3.* and provided.*`,
    );
  },
);
