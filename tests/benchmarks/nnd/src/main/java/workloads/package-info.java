/** nnd as a contender: in the package of the generated classes, since a model's thread count is set where it is bound. */
@NullMarked
package workloads;

import org.jspecify.annotations.NullMarked;
