// The glue that Emscripten makes for the proof module (dist/proof-glue.js).
export { default } from './sign.js';
