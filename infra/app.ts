import { buildApp } from './build-app.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { gatherImages } from './container-images.ts';

const [code, images] = await Promise.all([bundleFunctions(), gatherImages()]);
buildApp({ code, images, outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out' }).synth();
