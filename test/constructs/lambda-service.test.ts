import { globSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Architecture, Function as CdkFunction, Code, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { BUNDLING_STACKS, DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LambdaService } from '../../constructs/lambda-service.ts';
import { deleteFolders, folderWith, lambdaService } from './support/service-folder.ts';

function newStack(context: Record<string, unknown> = {}) {
  const outdir = folderWith({});
  const app = new App({ outdir, context });
  return { app, outdir, stack: new Stack(app, 'Team') };
}

function ownFunction(stack: Stack, functionName?: string) {
  return new CdkFunction(stack, 'Own', {
    ...(functionName === undefined ? {} : { functionName }),
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('export const handler = async () => 1;'),
  });
}

afterAll(deleteFolders);
// The CDK loads its modules when they are used first, which can take longer than a test on a busy machine.
beforeAll(() => {
  const stack = new Stack(new App({ outdir: folderWith({}) }), 'Team');
  ownFunction(stack);
  Template.fromStack(stack);
});

describe('a LambdaService', () => {
  test('creates the function of its manifest, with its own role and log group', () => {
    const { stack } = newStack();
    const manifest = lambdaService(
      { title: 'Thumbnails of pictures' },
      { memoryMiB: 1024, timeoutSeconds: 60, environment: { QUALITY: '80' }, reservedConcurrency: 5 },
    );
    const service = new LambdaService(stack, 'Thumbnails', { manifest });
    expect(service).toMatchObject({
      functionName: 'errand-service-thumbnails',
      serviceName: 'thumbnails',
      serviceVersion: '1.0.0',
      definition: { dispatcher: { kind: 'lambda', functionName: 'errand-service-thumbnails' } },
    });
    const template = Template.fromStack(stack);
    const [logs = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const [role = ''] = Object.keys(template.findResources('AWS::IAM::Role'));
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'errand-service-thumbnails',
      Description: 'Thumbnails of pictures',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1024,
      Timeout: 60,
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps', QUALITY: '80' } },
      ReservedConcurrentExecutions: 5,
      LoggingConfig: { LogFormat: 'Text', LogGroup: { Ref: logs } },
      Role: { 'Fn::GetAtt': [role, 'Arn'] },
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/lambda/errand-service-thumbnails', RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
    });
  });

  test('has a role that may only write to its own log group', () => {
    const { stack } = newStack();
    new LambdaService(stack, 'Thumbnails', { manifest: lambdaService() });
    const template = Template.fromStack(stack);
    const [logs = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: { 'Fn::GetAtt': [logs, 'Arn'] },
          },
        ],
      },
    });
  });

  test('puts the built code into the assembly', async () => {
    const { app, outdir, stack } = newStack();
    new LambdaService(stack, 'Thumbnails', { manifest: lambdaService() });
    app.synth();
    const [bundle = ''] = globSync('asset.*/index.mjs', { cwd: outdir });
    const module: unknown = await import(join(outdir, bundle));
    expect(await (module as { handler: () => Promise<string> }).handler()).toBe('done');
  });

  test('produces the same asset for the same source', () => {
    const hashes = [1, 2].map(() => {
      const { app, outdir, stack } = newStack();
      new LambdaService(stack, 'Thumbnails', { manifest: lambdaService() });
      app.synth();
      return globSync('asset.*', { cwd: outdir });
    });
    expect(hashes[0]).toEqual(hashes[1]);
  });

  test('passes on further properties of the function, which replace those of the manifest', () => {
    const { stack } = newStack();
    new LambdaService(stack, 'Thumbnails', {
      manifest: lambdaService({}, { environment: { QUALITY: '80', SIZE: '1' } }),
      functionProps: {
        architecture: Architecture.X86_64,
        tracing: Tracing.ACTIVE,
        timeout: Duration.seconds(10),
        environment: { SIZE: '2', NODE_OPTIONS: '--no-warnings' },
      },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['x86_64'],
      TracingConfig: { Mode: 'Active' },
      Timeout: 10,
      Environment: { Variables: { QUALITY: '80', SIZE: '2', NODE_OPTIONS: '--no-warnings' } },
    });
  });

  test('uses the prefix of its Errand stack', () => {
    const { stack } = newStack();
    const service = new LambdaService(stack, 'Thumbnails', { manifest: lambdaService(), prefix: 'acme' });
    expect(service.functionName).toBe('acme-service-thumbnails');
  });

  test('builds nothing for commands of the CDK that need no code', () => {
    const { stack } = newStack({ [BUNDLING_STACKS]: [] });
    const manifest = lambdaService({}, {}, 'this is no code');
    new LambdaService(stack, 'Thumbnails', { manifest });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });
});

describe('the directory of a build', () => {
  /** The temporary directories that are left after a synthesis. */
  function leftBy(context: Record<string, unknown>, code?: string): readonly string[] {
    const temporary = folderWith({});
    vi.stubEnv('TMPDIR', temporary);
    try {
      const { app, stack } = newStack(context);
      new LambdaService(stack, 'Thumbnails', { manifest: lambdaService({}, {}, code) });
      app.synth();
    } catch (error) {
      expect(error).toMatchObject({ name: 'SynthesisError' });
    } finally {
      vi.unstubAllEnvs();
    }
    return globSync('errand-build-*', { cwd: temporary });
  }

  test('is deleted when its code is in the assembly', () => {
    expect(leftBy({})).toEqual([]);
  });

  test('is deleted when its code cannot be built', () => {
    expect(leftBy({}, 'this is no code')).toEqual([]);
  });

  test('stays when the assembly refers to it', () => {
    expect(leftBy({ [DISABLE_ASSET_STAGING_CONTEXT]: true })).toHaveLength(1);
  });
});

describe('a LambdaService with a given function', () => {
  test('creates nothing', () => {
    const { stack } = newStack();
    const own = ownFunction(stack, 'errand-service-thumbnails');
    const service = new LambdaService(stack, 'Thumbnails', { manifest: lambdaService(), function: own });
    expect(service.function).toBe(own);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('accepts an imported function', () => {
    const { stack } = newStack();
    const imported = CdkFunction.fromFunctionName(stack, 'Imported', 'errand-service-thumbnails');
    const manifest = lambdaService();
    expect(new LambdaService(stack, 'Thumbnails', { manifest, function: imported }).function).toBe(imported);
  });

  test('shares the function of another version', () => {
    const { stack } = newStack();
    const first = new LambdaService(stack, 'One', { manifest: lambdaService() });
    const manifest = lambdaService({ version: '2.0.0' });
    const second = new LambdaService(stack, 'Two', { manifest, function: first.function });
    expect(second.serviceVersion).toBe('2.0.0');
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test.each([
    ['another name', 'thumbnails', 'has the name "thumbnails"'],
    ['no fixed name', undefined, 'has no fixed name, and CloudFormation would generate one'],
  ])('refuses %s', (_, name, actual) => {
    const { stack } = newStack();
    const manifest = lambdaService();
    const message = `${manifest}: The function Team/Own ${actual}, but Errand invokes "errand-service-thumbnails": set its functionName to "errand-service-thumbnails", or source.functionName in the manifest.`;
    expect(
      () => new LambdaService(stack, 'Thumbnails', { manifest, function: ownFunction(stack, name) }),
    ).toThrow(expect.objectContaining({ message, stack: expect.not.stringContaining('node_modules') }));
  });
});

describe('the synthesis stops with one sentence', () => {
  test('for an invalid manifest', () => {
    const { stack } = newStack();
    const manifest = lambdaService({}, { memoryMiB: 64 });
    expect(() => new LambdaService(stack, 'Thumbnails', { manifest })).toThrow(
      expect.objectContaining({
        name: 'SynthesisError',
        message: expect.stringMatching(/service\.json: source\.memoryMiB must be .*128.*\.$/),
      }),
    );
  });

  test('for code that cannot be built, with file, line and column', () => {
    const { stack } = newStack();
    const manifest = lambdaService({}, {}, 'export const handler = async () => {\n  return }};\n');
    expect(() => new LambdaService(stack, 'Thumbnails', { manifest })).toThrow(
      new RegExp(`^${manifest}: src/index\\.ts:2:\\d+: \\S`),
    );
  });

  test('for a manifest of a container', () => {
    const { stack } = newStack();
    const manifest = join(
      folderWith({
        'service.json': JSON.stringify({
          name: 'render',
          version: '1.0.0',
          parameters: {},
          source: { kind: 'batch', dockerfile: 'Dockerfile', vcpus: 1, memoryMiB: 2048 },
        }),
      }),
      'service.json',
    );
    expect(() => new LambdaService(stack, 'Render', { manifest })).toThrow(
      `${manifest}: Its source has the kind "batch": use BatchService instead of LambdaService.`,
    );
  });

  test('for two constructs that would create the same function', () => {
    const { stack } = newStack();
    new LambdaService(stack, 'One', { manifest: lambdaService() });
    const manifest = lambdaService({ version: '2.0.0' });
    expect(() => new LambdaService(stack, 'Two', { manifest })).toThrow(
      `${manifest}: Team/One creates the function "errand-service-thumbnails" too: pass its function`,
    );
  });
});
