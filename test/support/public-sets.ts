/** Public sets of hostile inputs, which lie beside the project where they are at hand; ISMA_TEST_SETS names another folder. */
import { join } from 'node:path';

export const publicSets = process.env.ISMA_TEST_SETS ?? join(import.meta.dirname, '../../../shared/sets');
