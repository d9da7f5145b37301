// The glue that Emscripten makes for the keys module (dist/keys-glue.js).
export { default } from './sign.js';
