import { serveOffline } from 'countersign/service-worker';

// OFFLINE_SET is put in by examples/build.mjs, from the files as built.
serveOffline(self, OFFLINE_SET);
