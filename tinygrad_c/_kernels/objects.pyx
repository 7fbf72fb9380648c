"""Python objects that are made and dropped by the thousand: tensors and nodes.

What Python does for every object, in general and safely, is a third of the time of an operation on
a few numbers. So the hot classes keep the memory of dropped instances for the next ones, the class
`Tensor` takes over the C functions of its compiled base, and the graph is hidden from the
cyclic collector.
"""

cdef extern from "Python.h":
    int PyObject_GC_IsTracked(object)
    void PyObject_GC_Track(object)
    void PyObject_GC_UnTrack(object)


cdef extern from *:
    """
    #define TGC_MAX_SPARE 256

    /* The memory of dropped instances of a class. */
    typedef struct {
        PyTypeObject *type;
        int n;
        PyObject *spare[TGC_MAX_SPARE];
    } tgc_pool;

    static tgc_pool tgc_pools[2];
    static int tgc_n_pools = 0;
    static destructor tgc_base_dealloc;

    static tgc_pool *tgc_pool_of(PyTypeObject *type)
    {
        return &tgc_pools[type != tgc_pools[0].type];
    }

    static PyObject *tgc_alloc(PyTypeObject *type, Py_ssize_t n)
    {
        tgc_pool *pool = tgc_pool_of(type);
        if (pool->n == 0)
            return PyType_GenericAlloc(type, n);
        PyObject *object = pool->spare[--pool->n];
        memset(object, 0, (size_t)type->tp_basicsize);
        PyObject_Init(object, type);
        PyObject_GC_Track(object);
        return object;
    }

    static void tgc_free(void *object)
    {
        tgc_pool *pool = tgc_pool_of(Py_TYPE((PyObject *)object));
        if (pool->n < TGC_MAX_SPARE)
            pool->spare[pool->n++] = (PyObject *)object;
        else
            PyObject_GC_Del(object);
    }

    static int tgc_reuse_instances(PyObject *cls)
    {
        PyTypeObject *type = (PyTypeObject *)cls;
        if (tgc_n_pools == 2 || type->tp_itemsize != 0 || !PyType_IS_GC(type))
            return 0;
        tgc_pools[tgc_n_pools++].type = type;
        type->tp_alloc = tgc_alloc;
        type->tp_free = tgc_free;
        return 1;
    }

    /* In place of Python's own, which would look for __del__, __slots__ and __dict__. */
    static void tgc_dealloc(PyObject *object)
    {
        PyTypeObject *type = Py_TYPE(object);
        tgc_base_dealloc(object);  /* ends with type->tp_free */
        Py_DECREF(type);
    }

    static void tgc_quicken(PyObject *cls, PyObject *base)
    {
        PyTypeObject *type = (PyTypeObject *)cls;
        PyNumberMethods *to = type->tp_as_number;
        const PyNumberMethods *from = ((PyTypeObject *)base)->tp_as_number;
        to->nb_add = from->nb_add;
        to->nb_subtract = from->nb_subtract;
        to->nb_multiply = from->nb_multiply;
        to->nb_true_divide = from->nb_true_divide;
        to->nb_matrix_multiply = from->nb_matrix_multiply;
        tgc_base_dealloc = ((PyTypeObject *)base)->tp_dealloc;
        type->tp_dealloc = tgc_dealloc;
    }

    static PyObject *tgc_tp_new(PyObject *type, PyObject *args)
    {
        return ((PyTypeObject *)type)->tp_new((PyTypeObject *)type, args, NULL);
    }
    """
    bint tgc_reuse_instances(object cls)
    void tgc_quicken(object cls, object base)
    object tgc_tp_new(object cls, object args)


cdef tuple NO_ARGUMENTS = ()


cpdef object new_instance(type cls):
    """``cls.__new__(cls)`` without looking anything up."""
    return tgc_tp_new(cls, NO_ARGUMENTS)


cpdef void track(object value) noexcept:
    """Have the cyclic collector walk `value` again."""
    if not PyObject_GC_IsTracked(value):
        PyObject_GC_Track(value)


cpdef void untrack(object value) noexcept:
    """Hide `value` from the cyclic collector: no cycle that leads through it is ever freed."""
    PyObject_GC_UnTrack(value)


def reuse_instances(type cls):
    """Keep the memory of up to 256 dropped instances of `cls`, a compiled class or `Tensor`."""
    if not tgc_reuse_instances(cls):
        raise ValueError(f"reuse_instances: there is no pool for {cls.__name__}")


def quicken(type cls, type base):
    """Let the Python class `cls`, which adds only methods, be as fast as `base`, its compiled base.

    Its operators ``+ - * / @`` become the C functions of `base`, where Python would look up
    ``__mul__`` by name on every call. It still does so for ``// % & | ^``, which are rare; the C
    functions of all other operators are inherited anyway. Instances are dropped as those of `base`
    are. Subclasses of `cls` are ordinary Python classes.
    """
    reuse_instances(cls)
    tgc_quicken(cls, base)
