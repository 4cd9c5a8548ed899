import { bundleFunctions } from './bundling/bundle-functions.ts';
import { gatherImages } from './bundling/container-images.ts';

// esbuild is a process of its own, which works while the CDK is loaded here.
const [code, images, { buildApp }] = await Promise.all([
  bundleFunctions(),
  gatherImages(),
  import('./build-app.ts'),
]);
const app = buildApp({ code, images, outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out' });
// The CDK's own checks of the templates have the same switch; a start on one machine needs neither.
if (process.env['CDK_VALIDATION'] !== 'false') {
  const { addTemplateChecks } = await import('./template-checks.ts');
  addTemplateChecks(app);
}
app.synth();
