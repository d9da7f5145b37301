// WebKit, by Debian's WebKitGTK: its MiniBrowser driven over the WebDriver protocol (https://www.w3.org/TR/webdriver2/).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { freePort } from './support.mjs';

const browser = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;
/** What is missing of it on this machine, "" for nothing. */
export const webkitLacks = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb', browser].filter((file) => !existsSync(file)).join(', ');

/** One window of it on a display of its own: `go`, `evaluate(function, ...plain arguments)`, `until`, `close`. */
export async function openWebKit() {
  // The display's number is its to choose; it tells by the third file of the process.
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const display = await new Promise((done) => { screen.stdio[3].once('data', (text) => done(`:${String(text).trim()}`)); });
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env: { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' } });
  const stop = () => { driver.kill(); screen.kill(); };
  let session = '';
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${session}${path}`, { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }), signal: AbortSignal.timeout(60_000) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    for (let tries = 0; ; tries += 1) {
      if (await fetch(`http://127.0.0.1:${port}/status`).then(() => true, () => false)) break;
      if (tries === 100) throw new Error('WebKitWebDriver does not answer');
      await new Promise((done) => { setTimeout(done, 100); });
    }
    const { sessionId } = await ask('POST', '', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } } } });
    session = `/${sessionId}`;
  } catch (error) {
    stop();
    throw error;
  }
  const evaluate = (work, ...args) => ask('POST', '/execute/sync', { script: `return (${work})(...arguments);`, args });
  return {
    go: (url) => ask('POST', '/url', { url }),
    reload: () => ask('POST', '/refresh', {}),
    evaluate,
    async until(condition, ...args) {
      for (const end = Date.now() + 30_000; Date.now() < end;) {
        if (await evaluate(condition, ...args)) return;
        await new Promise((done) => { setTimeout(done, 50); });
      }
      throw new Error(`waited for ${condition}`);
    },
    async close() {
      await ask('DELETE', '').catch(() => undefined);
      stop();
    },
  };
}
