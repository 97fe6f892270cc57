/** Texts to vectors: in batches, in order, and never of another size than was asked for. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ModelUnavailable } from '../../src/errors.ts';
import { createEmbedder } from '../../src/model/embedding.ts';
import { embeddingDimensions, startModelServer, type ModelServer } from '../support/model-server.ts';

let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const create = (dimensions = embeddingDimensions, model = 'test-embedding') =>
  createEmbedder({ baseUrl: server.url, apiKey: 'test', model, dimensions });

it('embeds many texts in batches, in their order', async () => {
  const texts = Array.from({ length: 130 }, (_value, index) => `text number${index}`);

  const vectors = await create().embed(texts);

  expect(vectors).toHaveLength(130);
  expect(server.embeddedTexts).toEqual(texts);
  expect(vectors[77]).toEqual((await create().embed([texts[77] ?? '']))[0]);
});

it('asks for nothing when there is nothing to embed', async () => {
  expect(await create().embed([])).toEqual([]);
  expect(server.embeddedTexts).toEqual([]);
});

it('refuses vectors of another size, naming the setting to change', async () => {
  const embedding = create(1_536).embed(['x']);

  await expect(embedding).rejects.toBeInstanceOf(ModelUnavailable);
  await expect(embedding).rejects.toThrow('set EMBEDDING_DIMENSIONS');
});

it('is not asked again for a question that cannot wait', async () => {
  server.embeddings('fail');

  await expect(create().embed(['x'], 2_000)).rejects.toBeInstanceOf(ModelUnavailable);

  expect(server.embeddingRequests).toBe(1);
});

it('has a name that differs by endpoint, model and size', () => {
  const names = [create(), create(128), create(64, 'other')].map(({ name }) => name);

  expect(new Set(names).size).toBe(3);
});
