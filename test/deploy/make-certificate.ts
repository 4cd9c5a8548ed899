import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Certificate {
  readonly file: string;
  readonly keyFile: string;
}

/** The names that AWS gives to the deployed resources in us-east-1. */
const names = [
  'DNS:localhost',
  'IP:127.0.0.1',
  'DNS:*.execute-api.us-east-1.amazonaws.com',
  'DNS:*.lambda-url.us-east-1.on.aws',
  'DNS:s3.us-east-1.amazonaws.com',
  'DNS:*.s3.us-east-1.amazonaws.com',
];

/** Creates a certificate for the names of a deployment, valid for two days, in a folder. Needs openssl. */
export function makeCertificate(folder: string): Certificate {
  const [file, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=emulator'];
  const extensions = ['basicConstraints=critical,CA:FALSE', `subjectAltName=${names.join(',')}`];
  const options = extensions.flatMap((extension) => ['-addext', extension]);
  execFileSync('openssl', [...request, ...options, '-keyout', keyFile, '-out', file], { stdio: 'pipe' });
  return { file, keyFile };
}
