// `node examples/server/start.mjs`: the demo. PORT= another port, DATA= another folder, LAN=1 for phones on this network.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lanAddress, lanCertificate } from './lan.mjs';
import { readEngine, startServer } from './server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const port = Number(process.env.PORT ?? 8420);
const lan = process.env.LAN === '1';
const data = resolve(process.env.DATA ?? join(root, 'demo-data'));
const say = (line) => process.stdout.write(`${line}\n`);

if (!Number.isInteger(port) || port < 0 || port > 65534) {
  process.stderr.write(`PORT=${process.env.PORT} is not a port number (1 to 65534).\n`);
  process.exit(2);
}
const built = join(root, 'build', 'examples');
if (!existsSync(join(built, 'portal', 'index.html'))) {
  process.stderr.write('The pages are not built yet: ./run demo builds and starts everything.\n');
  process.exit(2);
}

try {
  const publicHost = lan ? lanAddress() : 'localhost';
  const server = await startServer({
    data, port, lan, publicHost, host: lan ? '0.0.0.0' : '127.0.0.1', tls: lan ? await lanCertificate(data, publicHost) : null, wasm: await readEngine(),
    portal: join(built, 'portal'), signing: join(built, 'signing'), people: JSON.parse(await readFile(join(here, '../portal/people.json'), 'utf8')), log: say,
  });
  say('');
  say(`  Countersign is ready:  ${server.url}`);
  say(`  Data: ${data}   (delete the folder to begin again)`);
  say(lan ? '  Phones on this network can open the links. They will warn once about the certificate, which this machine made itself.' : '  Links open on this computer only. LAN=1 ./run demo lets a phone take part.');
  say('  Ctrl-C ends it.');
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    say('\n  Ending; everything is in the data folder.');
    await server.close();
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
} catch (error) {
  if (error?.code === 'EADDRINUSE') {
    process.stderr.write(`Port ${error.port} is taken by another program. Choose another: PORT=8500 ./run demo (two ports are used, this one and the next).\n`);
  } else {
    process.stderr.write(`The server did not start: ${error?.message ?? error}\n`);
  }
  process.exit(1);
}
