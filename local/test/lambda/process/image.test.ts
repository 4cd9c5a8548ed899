import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Resource } from '../../../cloud.ts';
import { call, functionResource, lambdaWith } from '../local-lambda.ts';
import { fault } from './function-resources.ts';

const code = 'def handler(event, context):\n  return event\n';
const bootstrap = `
import json, os, sys, urllib.request
api = "http://%s/2018-06-01/runtime/invocation/" % os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    with urllib.request.urlopen(api + "next") as response:
        request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    body = json.dumps({"event": event, "arguments": sys.argv[1:]}).encode()
    urllib.request.urlopen(api + request_id + "/response", body).read()
`;

/** A function whose code is an image; the folder of the Dockerfile has the files `index.py` and `client.py`. */
function imageFunction(dockerfile: string, imageConfig: object = {}): Resource {
  const { assetDirectory = '', ...resource } = functionResource('f', code, {}, 'index.py');
  writeFileSync(join(assetDirectory, 'client.py'), bootstrap);
  writeFileSync(join(assetDirectory, 'Dockerfile'), dockerfile);
  const { Runtime: _, Handler: __, ...properties } = resource.properties;
  return {
    ...resource,
    properties: { ...properties, PackageType: 'Image', ImageConfig: imageConfig },
    assetDirectory,
    dockerfile: join(assetDirectory, 'Dockerfile'),
  };
}

test('an image runs its ENTRYPOINT with its CMD in the folder of the Dockerfile', async () => {
  const dockerfile =
    'FROM python:3.12\nENTRYPOINT ["/no/such/folder/python3", "client.py"]\nCMD ["index.handler"]\n';
  const { lambda } = lambdaWith([imageFunction(dockerfile)]);
  expect(await call(lambda, 'f', { a: 1 })).toEqual({ event: { a: 1 }, arguments: ['index.handler'] });
});

test('the configuration of the function replaces ENTRYPOINT and CMD', async () => {
  const dockerfile = 'FROM scratch\nENTRYPOINT ["./none"]\nCMD ["none"]\n';
  const config = { EntryPoint: ['python3', 'client.py'], Command: ['x', 'y'] };
  const { lambda } = lambdaWith([imageFunction(dockerfile, config)]);
  expect(await call(lambda, 'f')).toEqual({ event: {}, arguments: ['x', 'y'] });
});

test('an image of AWS for Python runs the handler that CMD names', async () => {
  const dockerfile = 'FROM public.ecr.aws/lambda/python:3.11 AS base\nFROM base\nCMD ["index.handler"]\n';
  const { lambda } = lambdaWith([imageFunction(dockerfile)]);
  expect(await call(lambda, 'f', { a: 1 })).toEqual({ a: 1 });
});

test('a program that was built in the image is missing, and the error states where to build it', async () => {
  const { lambda } = lambdaWith([imageFunction('FROM scratch\nENTRYPOINT ["./main"]\n')]);
  const message = expect.stringMatching(
    /Error: The program \.\/main of the image does not exist in .*: images are not built here, so build it in that folder$/,
  );
  expect(await call(lambda, 'f')).toEqual(fault('Runtime.InvalidEntrypoint', message));
});

test('an image without a command is refused, and the error names the function', () => {
  expect(() => lambdaWith([imageFunction('FROM scratch\n')])).toThrow(
    /AWS::Lambda::Function Test\/f has neither an ENTRYPOINT nor a CMD in .*Dockerfile/,
  );
});
