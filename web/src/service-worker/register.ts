// Registers a page's service worker; says nothing and breaks nothing where there is none.

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}

/**
 * `url` is the host's own worker script, which calls `serveOffline`. `waiting` is told when a new version is installed and
 * waits for the pages of the old one to close: a line in the interface, never a reload by itself.
 */
export function registerServiceWorker(url: string | URL, options: { waiting?: () => void } = {}): void {
  if (typeof navigator === 'undefined' || !('serviceWorker' in navigator)) return;
  const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy } }).trustedTypes;
  const address = new URL(url, document.baseURI).href;
  const trusted = types ? types.createPolicy('countersign-worker', { createScriptURL: (text) => text }).createScriptURL(address) : address;
  navigator.serviceWorker.register(trusted as string, { updateViaCache: 'none' }).then(
    (registration) => {
      const look = (): void => {
        if (registration.waiting && navigator.serviceWorker.controller) options.waiting?.();
      };
      look();
      registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    },
    () => {
      // Private windows and certificates a person waved through refuse workers: the page works, without offline reopening.
    },
  );
}
