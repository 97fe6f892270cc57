/** What all tests of a worker share, since to make it takes half a second each. */
import { loadLexicon } from '../../src/knowledge/lexicon.ts';
import { createDocumentReader } from '../../src/knowledge/read/reader.ts';

export const lexicon = loadLexicon();
/** Its thread ends with the worker. */
export const reader = createDocumentReader();
