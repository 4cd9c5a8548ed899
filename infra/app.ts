import { buildApp } from './build-app.ts';
import { bundleFunctions } from './bundling/bundle-functions.ts';
import { gatherImages } from './bundling/container-images.ts';

const [code, images] = await Promise.all([bundleFunctions(), gatherImages()]);
buildApp({ code, images, outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out' }).synth();
