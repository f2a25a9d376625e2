/** Raised when an older SDK could misread the directory. Fields that may be ignored are added without raising it. */
export const currentFormatVersion = 1;
