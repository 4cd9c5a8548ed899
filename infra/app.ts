import { buildApp } from './build-app.ts';
import { bundleFunctions } from './bundle-functions.ts';

const code = await bundleFunctions();
buildApp({ code, outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out' }).synth();
