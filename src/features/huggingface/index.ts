export { arrowShapeOf } from './arrow-shape-of.js';
export { toHuggingFaceFeatures } from './to-hugging-face-features.js';
