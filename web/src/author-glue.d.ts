// The glue that Emscripten makes for the author module (dist/author-glue.js).
export { default } from './sign.js';
