// HTTPS on this machine's address, for phones: browsers give keys and storage to secure pages only.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The first IPv4 address that others on the network can reach. Errors: there is none. */
export function lanAddress() {
  for (const list of Object.values(networkInterfaces())) {
    for (const { family, internal, address } of list ?? []) if (family === 'IPv4' && !internal) return address;
  }
  throw new Error('this machine has no network address; without LAN=1 the demo runs on this computer alone');
}

/** A certificate for that address, made once by openssl and kept with the data. */
export async function lanCertificate(data, address) {
  const [key, cert] = ['key', 'cert'].map((name) => join(data, `lan-${address}.${name}.pem`));
  if (!existsSync(cert)) {
    await mkdir(data, { recursive: true });
    await promisify(execFile)('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365', '-subj', '/CN=Countersign demo', '-addext', `subjectAltName=IP:${address},DNS:localhost`, '-keyout', key, '-out', cert,
    ]);
  }
  return { key: await readFile(key), cert: await readFile(cert) };
}
