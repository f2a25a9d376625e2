export { toHuggingFaceFeatures } from './to-hugging-face-features.js';
