/**
 * The package's entry: the library and the families that a data set may extend, with the types of the data sets that come with it, so that `load('mnist')` knows its examples.
 * The types alone: at run time a builder is loaded when somebody names it.
 */
export * from '../builders/index.js';
export * from '../src/index.js';
export type {} from './image_classification/mnist/builder.js';
export type {} from './products/product_a/builder.js';
export type {} from './products/product_b/builder.js';
export type {} from './text_classification/spam_assassin/builder.js';
export type {} from './text_generation/state_of_the_union/builder.js';
