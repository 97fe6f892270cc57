/** Turns text into vectors through any OpenAI-compatible endpoint. */
import type OpenAI from 'openai';
import { ModelUnavailable, shapeOf } from '../errors.ts';

/** Texts in one request; endpoints take at least as many. */
const batchSize = 64;

export interface Embedder {
  /** Endpoint host, model and dimensions: vectors of two names are never compared. */
  name: string;
  dimensions: number;
  /** @throws ModelUnavailable when the endpoint still fails after its retries, or answers with other dimensions */
  embed(texts: readonly string[], timeoutMs?: number): Promise<number[][]>;
}

export interface EmbedderOptions {
  baseUrl: string;
  apiKey: string;
  model: string;
  dimensions: number;
}

export function createEmbedder({ baseUrl, apiKey, model, dimensions }: EmbedderOptions): Embedder {
  let client: Promise<OpenAI> | null = null;

  /** The SDK takes a third of a second to load: whoever embeds nothing does not wait for it. */
  async function loadClient(): Promise<OpenAI> {
    const { default: OpenAI } = await import('openai');
    return new OpenAI({ baseURL: baseUrl, apiKey, maxRetries: 2, timeout: 30_000 });
  }

  async function embedBatch(input: string[], timeout: number): Promise<number[][]> {
    // Endpoints that know one size only refuse the parameter: it is sent to the models that are known to take it.
    const shortened = model.startsWith('text-embedding-3') ? { dimensions } : {};
    client ??= loadClient();
    const { embeddings } = await client;
    const response = await embeddings.create(
      { model, input, encoding_format: 'float', ...shortened },
      { timeout, maxRetries: timeout < 30_000 ? 0 : 2 },
    );
    const vectors = response.data
      .toSorted((left, right) => left.index - right.index)
      .map((row) => row.embedding);
    if (vectors.length !== input.length || vectors.some((vector) => vector.length !== dimensions)) {
      throw new ModelUnavailable(
        `expected ${input.length} vectors of ${dimensions} numbers, got ${vectors.length} of ${vectors[0]?.length}; set EMBEDDING_DIMENSIONS`,
      );
    }
    return vectors;
  }

  return {
    name: `${new URL(baseUrl).host}/${model}/${dimensions}`,
    dimensions,
    async embed(texts, timeoutMs = 30_000) {
      const vectors: number[][] = [];
      try {
        for (let start = 0; start < texts.length; start += batchSize) {
          vectors.push(...(await embedBatch(texts.slice(start, start + batchSize), timeoutMs)));
        }
      } catch (cause) {
        const reason = cause instanceof ModelUnavailable ? cause.message : shapeOf(cause);
        throw new ModelUnavailable(`The embedding model ${model} failed: ${reason}`, { cause });
      }
      return vectors;
    },
  };
}
