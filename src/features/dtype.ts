/** Every dtype that tfds' Tensor takes. `string` covers text and raw bytes, as in tfds. */
export type NumericDType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64';
export type DType = NumericDType | 'string';

/** Bytes of one value in a compact row and in a column; `string` has no fixed width. */
export const dtypeBytes: Readonly<Record<NumericDType, 1 | 2 | 4 | 8>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

/** Which of tf.Example's three lists holds a dtype (tfds' example_serializer.py: bool and unsigned go to int64, all floats to float). */
export function exampleListOf(dtype: DType): 'int64' | 'float' | 'bytes' {
  if (dtype === 'string') return 'bytes';
  return dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float32' || dtype === 'float64' ? 'float' : 'int64';
}
