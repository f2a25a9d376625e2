/** The pattern of image files in a folder. */
export const imageFiles = '*.{png,jpg,jpeg,PNG,JPG,JPEG}';
